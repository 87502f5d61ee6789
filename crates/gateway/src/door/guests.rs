//! Who is inside: no single address may take every connection.
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Open connections by address.
#[derive(Clone, Default)]
pub(super) struct Guests(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One open connection; it is counted out when dropped.
pub(super) struct Guest {
    address: IpAddr,
    guests: Guests,
}

impl Guests {
    /// Lets a connection in, unless its address has as many as it may.
    pub(super) fn come(&self, address: IpAddr, limit: usize) -> Option<Guest> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Guest { address, guests: self.clone() })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut open = self.guests.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_connections_and_gets_them_back() {
        let guests = Guests::default();
        let (a, b) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let first = guests.come(a, 1);
        assert!(first.is_some());
        assert!(guests.come(a, 1).is_none());
        assert!(guests.come(b, 1).is_some());
        drop(first);
        assert!(guests.come(a, 1).is_some());
    }
}
