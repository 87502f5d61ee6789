//! Everything that can be done to a small log is found, whoever holds the log's key; the counts are printed.
use crate::small_log::{
    FileMap, KEYS, Value, audit, audit_by, cbor, entries, head, log, memory, signed, tiles, witnessed,
};
use std::ops::RangeInclusive;

const SIZES: RangeInclusive<usize> = 0..=64;

/// Half of the log is cosigned, or all of it, so that both ways to its root count.
fn honest(size: usize) -> FileMap {
    let entries = entries(size as u64);
    let files = log(&entries, if size.is_multiple_of(2) { size } else { size / 2 });
    assert!(audit(&files, Some(&memory(&entries))).is_ok());
    files
}

fn refused(files: &FileMap, what: &dyn Fn() -> String) -> u64 {
    assert!(audit(files, None).is_err(), "{}", what());
    1
}

/// Flips bits of every file of a log, one at a time.
fn flips(size: usize, bits: &[usize]) -> u64 {
    let mut files = honest(size);
    let mut count = 0;
    for path in files.keys().cloned().collect::<Vec<_>>() {
        for (byte, bit) in (0..files[&path].len()).flat_map(|byte| bits.iter().map(move |bit| (byte, bit))) {
            files.get_mut(&path).unwrap()[byte] ^= 1 << bit;
            count += refused(&files, &|| format!("bit {bit} of byte {byte} of {path}, log of {size}"));
            files.get_mut(&path).unwrap()[byte] ^= 1 << bit;
        }
    }
    count
}

#[test]
fn each_bit_of_each_file_of_some_logs() {
    let count: u64 = [0, 1, 2, 7, 33, 64].map(|size| flips(size, &[0, 1, 2, 3, 4, 5, 6, 7])).iter().sum();
    println!("{count} flipped bits found");
}

#[test]
fn a_bit_of_each_byte_of_each_file_of_all_logs() {
    let count: u64 = SIZES.map(|size| flips(size, &[size % 8])).sum();
    println!("{count} flipped bits found");
}

#[test]
#[ignore = "minutes: each bit of each file of all logs; run it with optimisations"]
fn each_bit_of_each_file_of_all_logs() {
    let count: u64 = SIZES.map(|size| flips(size, &[0, 1, 2, 3, 4, 5, 6, 7])).sum();
    println!("{count} flipped bits found");
}

#[test]
fn each_file_gone_cut_or_lengthened() {
    let mut count = 0;
    for size in SIZES {
        let files = honest(size);
        for path in files.keys() {
            let mut gone = files.clone();
            gone.remove(path);
            count += u64::from(size > 0 || path != "witnessed");
            assert!(audit(&gone, None).is_err() || (size == 0 && path == "witnessed"), "{path} of {size}");
            let length = files[path].len();
            for cut in
                [0, length / 2, length - 1, length.saturating_sub(32)].into_iter().filter(|cut| *cut < length)
            {
                let mut shorter = files.clone();
                shorter.get_mut(path).unwrap().truncate(cut);
                count += refused(&shorter, &|| format!("{path} of {size} cut to {cut}"));
            }
            for tail in [&[0][..], b"\n", &[0; 32], &files[path]] {
                let mut longer = files.clone();
                longer.get_mut(path).unwrap().extend(tail);
                count += refused(&longer, &|| format!("{path} of {size} lengthened"));
            }
        }
    }
    println!("{count} files gone, cut or lengthened found");
}

/// All ways to change one or two of these entries, each with what it is.
fn changes(honest: &[Vec<u8>]) -> Vec<(String, Vec<Vec<u8>>)> {
    let mut all = Vec::new();
    let mut with = |what: String, change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut entries = honest.to_vec();
        change(&mut entries);
        all.push((what, entries));
    };
    for at in 0..honest.len() {
        with(format!("entry {at} deleted"), &|entries| drop(entries.remove(at)));
        with(format!("entry {at} duplicated"), &|entries| entries.insert(at, entries[at].clone()));
        with(format!("entry {at} copied to the end"), &|entries| entries.push(entries[at].clone()));
        with(format!("entry {at} truncated"), &|entries| {
            entries[at].pop();
        });
        with(format!("entry {at} emptied"), &|entries| entries[at].clear());
        with(format!("entry {at} lengthened"), &|entries| entries[at].push(0));
        with(format!("entry {at} changed"), &|entries| entries[at][2] ^= 1);
        with(format!("all from entry {at} on cut off"), &|entries| entries.truncate(at));
        for other in 0..at {
            with(format!("entries {other} and {at} swapped"), &|entries| entries.swap(other, at));
        }
        for other in (0..honest.len()).filter(|other| *other != at) {
            with(format!("entry {at} replaced by {other}"), &|entries| entries[at] = entries[other].clone());
        }
    }
    all
}

/// Entries changed, tiles and bundles computed anew for them, the signed checkpoints as they were.
#[test]
fn entries_deleted_duplicated_swapped_truncated_and_hashed_anew() {
    let mut count = 0;
    for size in SIZES {
        let files = honest(size);
        for (what, changed) in changes(&entries(size as u64)) {
            let mut tampered = tiles(&changed);
            let checkpoints = ["checkpoint", "witnessed"].map(|path| (path.to_owned(), files[path].clone()));
            tampered.extend(checkpoints);
            count += refused(&tampered, &|| format!("{what}, log of {size}"));
            // The same under the names of a log of the old size, as far as that goes.
            if changed.len() != size && size > 0 {
                for kind in ["0", "entries"] {
                    if let Some(bytes) = tampered.remove(&format!("tile/{kind}/000.p/{}", changed.len())) {
                        tampered.insert(format!("tile/{kind}/000.p/{size}"), bytes);
                    }
                }
                count += refused(&tampered, &|| format!("{what}, renamed, log of {size}"));
            }
        }
    }
    println!("{count} changes of entries found, all hashes computed anew");
}

/// Entries changed and nothing else, not even the tiles.
#[test]
fn entries_changed_in_their_bundle_only() {
    let mut count = 0;
    for size in [1, 2, 3, 8, 33, 64] {
        let files = honest(size);
        for (what, changed) in
            changes(&entries(size as u64)).into_iter().filter(|(_, changed)| changed.len() == size)
        {
            let path = format!("tile/entries/000.p/{size}");
            let mut tampered = files.clone();
            tampered.insert(path.clone(), tiles(&changed)[&path].clone());
            count += refused(&tampered, &|| format!("{what}, log of {size}"));
        }
    }
    println!("{count} changes of entries found, hashes as they were");
}

#[test]
fn each_earlier_state_restored() {
    let mut count = 0;
    for size in SIZES {
        let now = entries(size as u64);
        for earlier in 0..size {
            // All of it, honest in itself: only the memory tells.
            let restored = honest(earlier);
            assert!(audit(&restored, None).is_ok());
            assert!(audit(&restored, Some(&memory(&now))).is_err());
            // The checkpoint only, beside the files of now; and with what it needs.
            let mut files = honest(size);
            files.insert("checkpoint".into(), restored["checkpoint"].clone());
            assert!(
                audit(&files, Some(&memory(&now))).is_err(),
                "checkpoint of {earlier} in a log of {size}"
            );
            files.extend(restored.clone());
            assert!(audit(&files, Some(&memory(&now))).is_err());
            // The files only.
            let mut files = honest(size);
            files.extend(restored.into_iter().filter(|(path, _)| path.starts_with("tile/")));
            for path in tiles(&now).keys() {
                files.remove(path);
            }
            count += 3 + refused(&files, &|| format!("tiles of {earlier} under a checkpoint of {size}"));
        }
    }
    println!("{count} earlier states found");
}

/// The log signs two trees. A witness has cosigned the one, or the verifier has accepted it before.
#[test]
fn each_fork_signed_by_the_log_itself() {
    let mut count = 0;
    for size in SIZES.skip(1) {
        let accepted = entries(size as u64);
        let more = entries(size as u64 + 3);
        for at in 0..size {
            for length in [size, size + 1, size + 3] {
                let mut fork = more[..length].to_vec();
                // Another time: a good entry in itself.
                fork[at] = another_entry(at as u64);
                let mut files = tiles(&fork);
                files.insert("checkpoint".into(), signed(head(&fork)).to_string().into_bytes());
                assert!(audit_by(&KEYS.alone, &files, None).is_ok_and(|report| report.head() == head(&fork)));
                // The verifier remembers.
                assert!(audit_by(&KEYS.alone, &files, Some(&memory(&accepted))).is_err());
                // The witnesses did not follow: nothing cosigned, the old cosignatures, the fork with one of them.
                count += 1 + refused(&files, &|| format!("fork at {at} of {size}, no witness"));
                let honest = witnessed(head(&accepted)).to_string();
                files.insert("witnessed".into(), honest.clone().into_bytes());
                count += refused(&files, &|| format!("fork at {at} of {size}, witnesses of the other"));
                let cosignatures: Vec<&str> = honest.lines().skip(5).collect();
                let moved = format!("{}{}\n", signed(head(&fork)), cosignatures.join("\n"));
                files.insert("witnessed".into(), moved.into_bytes());
                count += refused(&files, &|| format!("fork at {at} of {size}, cosignatures moved"));
            }
        }
    }
    println!("{count} forks found");
}

fn another_entry(n: u64) -> Vec<u8> {
    use Value::{Number, Text};
    if n.is_multiple_of(9) {
        // Contexts stay contexts, so that all that name them stay good.
        cbor(&[(0, Number(2)), (1, Number(1)), (13, Text("other"))])
    } else {
        cbor(&[(0, Number(2)), (1, Number(4)), (2, Number(77))])
    }
}
