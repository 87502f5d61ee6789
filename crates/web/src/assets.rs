//! Static files, built into the program. The address of each holds a fingerprint of its bytes, so it may
//! be cached for ever: other bytes have another address.
use axum::body::Body;
use axum::extract::Path;
use axum::routing::get;
use http::{HeaderMap, Response, StatusCode, header};
use std::sync::LazyLock;

/// One file as served.
pub struct Asset {
    /// Name in the sources: `style.css`
    pub name: &'static str,
    /// Where it is served: `/assets/style.0123456789abcdef.css`
    pub url: String,
    /// Media type
    pub media: &'static str,
    /// Entity tag, with its quotes (RFC 9110 section 8.8.3)
    pub etag: String,
    /// Contents
    pub bytes: Vec<u8>,
}

macro_rules! source {
    ($name:literal, $path:literal) => {
        ($name, include_bytes!(concat!("../assets/", $path)) as &[u8])
    };
}

/// Files that a style sheet or a module names come before it: their addresses are written into it.
const SOURCES: &[(&str, &[u8])] = &[
    source!("source-sans-3-latin.woff2", "fonts/source-sans-3-latin.woff2"),
    source!("source-sans-3-vietnamese.woff2", "fonts/source-sans-3-vietnamese.woff2"),
    source!("mark.svg", "mark.svg"),
    source!("drum.svg", "drum.svg"),
    source!("page.js", "page.js"),
    source!("bytes.js", "journal/bytes.js"),
    source!("edwards.js", "journal/edwards.js"),
    source!("cbor.js", "journal/cbor.js"),
    source!("tree.js", "journal/tree.js"),
    source!("entry.js", "journal/entry.js"),
    source!("note.js", "journal/note.js"),
    source!("proof.js", "journal/proof.js"),
    source!("history.js", "journal/history.js"),
    source!("check.js", "journal/check.js"),
    source!("citizen.js", "citizen.js"),
    source!("passkey.js", "passkey.js"),
    source!("review.js", "review.js"),
    source!("style.css", "style.css"),
];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    SOURCES.iter().fold(Vec::new(), |mut done, (name, bytes)| {
        let asset = build(name, bytes, &done);
        done.push(asset);
        done
    })
});

fn build(name: &'static str, bytes: &[u8], earlier: &[Asset]) -> Asset {
    let media = media(name);
    let bytes = if media.starts_with("text/") { with_addresses(bytes, earlier) } else { bytes.to_vec() };
    let print = format!("{:016x}", fingerprint(&bytes));
    let url = match name.rsplit_once('.') {
        Some((stem, extension)) => format!("/assets/{stem}.{print}.{extension}"),
        None => format!("/assets/{name}.{print}"),
    };
    Asset { name, url, media, etag: format!("\"{print}\""), bytes }
}

/// In a style sheet, `url("name")` becomes the address of that file; in a module, `from "./name"`.
fn with_addresses(text: &[u8], earlier: &[Asset]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).into_owned();
    let named = |text: String, a: &Asset| {
        text.replace(&format!("url(\"{}\")", a.name), &format!("url(\"{}\")", a.url))
            .replace(&format!("from \"./{}\"", a.name), &format!("from \"{}\"", a.url))
    };
    earlier.iter().fold(text, named).into_bytes()
}

/// FNV-1a, 64 bits: tells versions of our own files apart; it protects nothing.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

fn media(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// All files.
pub fn all() -> &'static [Asset] {
    &ASSETS
}

/// The address of a file by its name in the sources; `/assets/` alone when there is none (a test looks).
pub fn url(name: &str) -> &'static str {
    ASSETS.iter().find(|a| a.name == name).map_or("/assets/", |a| a.url.as_str())
}

/// The answer to `GET /assets/{file}`.
pub fn serve(file: &str, request: &HeaderMap) -> Response<Body> {
    let Some(asset) = ASSETS.iter().find(|a| a.url.strip_prefix("/assets/") == Some(file)) else {
        return status(StatusCode::NOT_FOUND);
    };
    let known = request.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let unchanged =
        known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.etag || tag.trim() == "*");
    let mut response = if unchanged {
        status(StatusCode::NOT_MODIFIED)
    } else {
        Response::new(Body::from(asset.bytes.as_slice()))
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static(asset.media));
    headers
        .insert(header::CACHE_CONTROL, http::HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, http::HeaderValue::from_static("nosniff"));
    if let Ok(etag) = http::HeaderValue::from_str(&asset.etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}

fn status(code: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = code;
    response
}

/// The route of the static files.
pub fn routes<S: Clone + Send + Sync + 'static>() -> axum::Router<S> {
    axum::Router::new().route(
        "/assets/{file}",
        get(async |Path(file): Path<String>, headers: HeaderMap| serve(&file, &headers)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_in_the_style_sheet_is_one_that_is_served() {
        let css = all().iter().find(|a| a.name == "style.css").expect("style.css");
        let text = std::str::from_utf8(&css.bytes).expect("UTF-8");
        let mut seen = 0;
        for part in text.split("url(\"").skip(1) {
            let address = part.split('"').next().unwrap_or_default();
            assert!(all().iter().any(|a| a.url == address), "{address}");
            seen += 1;
        }
        assert!(seen >= 3);
    }

    #[test]
    fn every_module_that_another_names_is_one_that_is_served() {
        let mut seen = 0;
        for asset in all().iter().filter(|a| a.media.starts_with("text/javascript")) {
            let text = std::str::from_utf8(&asset.bytes).expect("UTF-8");
            for part in text.split(" from \"").skip(1) {
                let address = part.split('"').next().unwrap_or_default();
                assert!(all().iter().any(|a| a.url == address), "{}: {address}", asset.name);
                seen += 1;
            }
        }
        assert!(seen >= 15, "{seen}");
    }

    #[test]
    fn a_known_file_is_not_sent_again_and_an_old_fingerprint_is_gone() {
        let file = url("page.js").trim_start_matches("/assets/");
        let mut headers = HeaderMap::new();
        let first = serve(file, &headers);
        assert_eq!(first.status(), 200);
        headers.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(serve(file, &headers).status(), 304);
        assert_eq!(serve("page.0000000000000000.js", &headers).status(), 404);
        assert_eq!(serve("page.js", &headers).status(), 404);
    }

    #[test]
    fn the_files_stay_small() {
        let size = |name: &str| all().iter().find(|a| a.name == name).map_or(usize::MAX, |a| a.bytes.len());
        assert!(size("style.css") < 48_000, "style.css: {}", size("style.css"));
        assert!(size("page.js") < 6_000, "page.js: {}", size("page.js"));
        let fonts: usize = all().iter().filter(|a| a.media == "font/woff2").map(|a| a.bytes.len()).sum();
        assert!(fonts < 200_000);
    }
}
