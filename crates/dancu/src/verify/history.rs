//! A history as JSON, read strictly: `docs/journal-format.md`, "A person's history".
use dancu_tlog::Hash;
use dancu_tlog::history::{History, Link};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    number: String,
    vrf: Vrf,
    map: Map,
    epoch: String,
    chain: Vec<Item>,
    entries: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vrf {
    key: String,
    proof: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Map {
    count: u64,
    link: String,
    siblings: Vec<String>,
    other: Option<Other>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    index: u64,
    leaf: String,
    withheld_until: Option<i64>,
}

pub(super) fn read(text: &[u8]) -> anyhow::Result<History> {
    let Text { number, vrf, map, epoch, chain, entries } = serde_json::from_slice(text)?;
    let link = |item: Item| {
        Ok(Link { index: item.index, leaf: hash(&item.leaf)?, withheld_until_us: item.withheld_until })
    };
    Ok(History {
        number,
        vrf_key: hash(&vrf.key)?,
        vrf_proof: bytes(&vrf.proof)?,
        count: map.count,
        link: hash(&map.link)?,
        siblings: map.siblings.iter().map(|text| hash(text)).collect::<anyhow::Result<_>>()?,
        other: map
            .other
            .map(|other| Ok::<_, anyhow::Error>((hash(&other.key)?, hash(&other.value)?)))
            .transpose()?,
        epoch,
        chain: chain.into_iter().map(link).collect::<anyhow::Result<_>>()?,
        entries,
    })
}

fn hash(text: &str) -> anyhow::Result<Hash> {
    bytes(text)
}

/// Lower case only: one way of writing each value.
fn bytes<const N: usize>(text: &str) -> anyhow::Result<[u8; N]> {
    let mut out = [0; N];
    let decoded = hex::decode_to_slice(text, &mut out);
    anyhow::ensure!(decoded.is_ok() && hex::encode(out) == text, "not {N} bytes in lower-case hexadecimal");
    Ok(out)
}
