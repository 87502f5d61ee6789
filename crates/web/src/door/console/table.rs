//! Every address of the console, with what one must be allowed to do there. The router is made of this table and of nothing
//! else, and a test walks it with every role: a page that is not in it does not exist.
use super::{Shared, enter, files, lists, matter, orders, request};
use axum::Router;
use axum::routing::{MethodRouter, get, post};
use dancu_policy::duty::Action;

/// How an address is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By everybody, signed in or not
    Open,
    /// By everybody who is signed in
    SignedIn,
    /// By who may do this to the thing
    Needs(Action),
    /// By who may do what the step needs, which the data of the connection's life say
    NeedsStep,
}

/// Path, method and way of every address.
pub const ROUTES: &[(&str, &str, Way)] = &[
    ("/sign-in", "GET", Way::Open),
    ("/sign-in", "POST", Way::Open),
    ("/sign-in/factor", "GET", Way::Open),
    ("/sign-in/factor", "POST", Way::Open),
    ("/sign-in/passkey", "POST", Way::Open),
    ("/sign-in/enrol", "GET", Way::Open),
    ("/sign-in/enrol", "POST", Way::Open),
    ("/sign-in/password", "GET", Way::Open),
    ("/sign-in/password", "POST", Way::Open),
    ("/sign-out", "POST", Way::SignedIn),
    ("/", "GET", Way::SignedIn),
    ("/connections", "GET", Way::Needs(Action::ConnectionRead)),
    ("/connections/new", "GET", Way::Needs(Action::ConnectionWrite)),
    ("/connections/new", "POST", Way::Needs(Action::ConnectionWrite)),
    ("/cases", "GET", Way::SignedIn),
    ("/matters/{id}", "GET", Way::NeedsStep),
    ("/matters/{id}/request", "GET", Way::Needs(Action::ConnectionWrite)),
    ("/matters/{id}/request", "POST", Way::Needs(Action::ConnectionWrite)),
    ("/matters/{id}/steps", "POST", Way::NeedsStep),
    ("/matters/{id}/files/{sha256}", "GET", Way::NeedsStep),
    ("/orders", "POST", Way::NeedsStep),
    ("/rules", "GET", Way::SignedIn),
    ("/me", "GET", Way::SignedIn),
    ("/me/sessions", "POST", Way::SignedIn),
];

fn handler(path: &str, method: &str) -> Option<MethodRouter<Shared>> {
    Some(match (path, method) {
        ("/sign-in", "GET") => get(enter::knock),
        ("/sign-in", "POST") => post(enter::knocked),
        ("/sign-in/factor", "GET") => get(enter::factor),
        ("/sign-in/factor", "POST") => post(enter::proved),
        ("/sign-in/passkey", "POST") => post(enter::passkey),
        ("/sign-in/enrol", "GET") => get(enter::enrol),
        ("/sign-in/enrol", "POST") => post(enter::enrolled),
        ("/sign-in/password", "GET") => get(enter::password),
        ("/sign-in/password", "POST") => post(enter::changed),
        ("/sign-out", "POST") => post(enter::leave),
        ("/", "GET") => get(lists::work),
        ("/connections", "GET") => get(lists::connections),
        ("/connections/new", "GET") => get(request::new),
        ("/connections/new", "POST") => post(request::open),
        ("/cases", "GET") => get(lists::cases),
        ("/matters/{id}", "GET") => get(matter::show),
        ("/matters/{id}/request", "GET") => get(request::edit),
        ("/matters/{id}/request", "POST") => post(request::write),
        ("/matters/{id}/steps", "POST") => post(matter::step),
        ("/matters/{id}/files/{sha256}", "GET") => get(files::get),
        ("/orders", "POST") => post(orders::submit),
        ("/rules", "GET") => get(lists::rules),
        ("/me", "GET") => get(lists::me),
        ("/me/sessions", "POST") => post(lists::end_session),
        _ => return None,
    })
}

pub(super) fn router() -> Router<Shared> {
    ROUTES.iter().fold(Router::new(), |router, (path, method, _)| match handler(path, method) {
        Some(handler) => router.route(path, handler),
        None => router,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_the_table_is_answered() {
        for (path, method, _) in ROUTES {
            assert!(handler(path, method).is_some(), "{method} {path}");
        }
    }
}
