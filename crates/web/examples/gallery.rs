//! Writes every sample page and all static files into a folder, to look at them:
//! `cargo run -p dancu-web --example gallery -- DIR`.
use dancu_web::{assets, lang, pages};
use std::path::PathBuf;
use std::{fs, io};

fn main() -> io::Result<()> {
    let Some(dir) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("usage: gallery DIR"));
    };
    for asset in assets::all() {
        let path = dir.join(asset.url.trim_start_matches('/'));
        fs::create_dir_all(dir.join("assets"))?;
        fs::write(path, &asset.bytes)?;
    }
    for language in lang::LANGS {
        let folder = dir.join(lang::tag(language));
        fs::create_dir_all(&folder)?;
        for (name, html) in pages::samples(language).map_err(io::Error::other)? {
            fs::write(folder.join(format!("{name}.html")), html)?;
        }
    }
    Ok(())
}
