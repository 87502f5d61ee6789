//! Cookies, the language of a reader, and forms.
use crate::lang;
use axum::http::{HeaderMap, Uri, header};
use dancu_catalogue::Lang;

/// Session of a signed-in officer. The prefix makes browsers refuse it from elsewhere (RFC 6265bis 4.1.3).
pub(super) const SESSION: &str = "__Host-session";
/// Session of a signed-in citizen; an officer's is another, so that nobody is both by accident.
pub(super) const CITIZEN: &str = "__Host-citizen";
/// Token of the sign-in form, before there is a session.
pub(super) const SIGN_IN: &str = "__Host-sign-in";

/// A cookie of the request.
pub(super) fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// Sets a cookie that scripts cannot read and that other sites cannot send along.
pub(super) fn set(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

/// Removes a cookie.
pub(super) fn unset(name: &str) -> String {
    format!("{name}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict")
}

/// The language asked for in the address.
pub(super) fn asked_lang(uri: &Uri) -> Option<Lang> {
    let query = uri.query()?;
    let asked = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == "lang");
    asked.and_then(|(_, tag)| lang::from_tag(tag))
}

/// The language of a reader.
pub(super) fn lang(headers: &HeaderMap, uri: &Uri) -> Lang {
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    asked_lang(uri).unwrap_or_else(|| lang::choose(None, get(headers, lang::COOKIE), accept))
}

/// Path and query of a page without its language. A form's result has no address of its own, so the switch leads to
/// the page with the form.
pub(super) fn path_without_lang(uri: &Uri) -> String {
    let path = match uri.path() {
        "/officer/search" | "/officer/choose" => "/officer",
        path if path.starts_with("/supervisor/journal/") => "/supervisor/journal",
        path => path,
    };
    let kept: Vec<&str> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|p| !p.is_empty() && !p.starts_with("lang="))
        .collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_only_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", "a=1; __Host-session=t; session=x".parse().unwrap());
        assert_eq!(get(&headers, SESSION), Some("t"));
        assert_eq!(get(&headers, "ession"), None);
    }

    #[test]
    fn the_language_switch_keeps_the_rest_of_the_address() {
        let uri: Uri = "/officer?view=counter&lang=en".parse().unwrap();
        assert_eq!(path_without_lang(&uri), "/officer?view=counter");
        assert_eq!(asked_lang(&uri), Some(Lang::En));
        assert_eq!(path_without_lang(&"/officer/search".parse().unwrap()), "/officer");
    }
}
