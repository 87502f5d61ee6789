//! Who is inside with which certificate, so that a connection ends when its system may no longer have one.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// For answers under way, and for a refusal that says why, before the connection is cut.
pub(super) const LAST_WORDS: Duration = Duration::from_millis(300);

/// SHA-256 over a certificate's DER form.
type Fingerprint = [u8; 32];

/// Open connections by certificate. Clones are the same.
#[derive(Clone, Default)]
pub struct Inside(Arc<Mutex<HashMap<Fingerprint, Open>>>);

struct Open {
    count: usize,
    cut: watch::Sender<bool>,
}

/// One open connection; it is counted out when dropped.
pub(super) struct Entered {
    fingerprint: Fingerprint,
    inside: Inside,
    cut: watch::Receiver<bool>,
}

impl Inside {
    /// Notes a connection that is open.
    pub(super) fn enter(&self, fingerprint: Fingerprint) -> Entered {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = open.entry(fingerprint).or_insert_with(|| Open { count: 0, cut: watch::channel(false).0 });
        held.count += 1;
        Entered { fingerprint, inside: self.clone(), cut: held.cut.subscribe() }
    }

    /// Cuts every connection by a certificate that may not stay; gives how many. Whoever comes again is judged again.
    pub fn cut(&self, may_stay: impl Fn(&Fingerprint) -> bool) -> usize {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut cut = 0;
        open.retain(|fingerprint, held| {
            let stays = may_stay(fingerprint);
            if !stays {
                cut += held.count;
                held.cut.send_replace(true);
            }
            stays
        });
        cut
    }
}

impl Entered {
    /// Returns when the connection is to be cut.
    pub(super) async fn is_cut(&mut self) {
        if self.cut.wait_for(|cut| *cut).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        if *self.cut.borrow() {
            return;
        }
        let mut open = self.inside.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = open.get_mut(&self.fingerprint) {
            held.count -= 1;
            if held.count == 0 {
                open.remove(&self.fingerprint);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_cut_reaches_every_connection_of_a_certificate_and_no_other() {
        let inside = Inside::default();
        let (mut first, mut second, mut other) =
            (inside.enter([1; 32]), inside.enter([1; 32]), inside.enter([2; 32]));
        assert_eq!(inside.cut(|fingerprint| *fingerprint != [1; 32]), 2);
        first.is_cut().await;
        second.is_cut().await;
        tokio::select! {
            () = other.is_cut() => panic!("another certificate's connection was cut"),
            () = tokio::task::yield_now() => {}
        }
        // Who comes again begins anew.
        let mut again = inside.enter([1; 32]);
        drop((first, second));
        assert_eq!(inside.cut(|_| false), 2);
        again.is_cut().await;
        drop((again, other));
        assert_eq!(inside.cut(|_| false), 0);
    }
}
