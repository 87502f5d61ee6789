//! Source networks in CIDR notation (RFC 4632, RFC 4291 §2.3).
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// Why a text is not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Not an IPv4 or IPv6 address
    #[error("not an address")]
    Address,
    /// The prefix is not a number, or longer than the address
    #[error("not a prefix length")]
    Prefix,
    /// Bits are set beyond the prefix: a typing mistake more often than an intention
    #[error("the address has bits outside its prefix")]
    HostBits,
}

/// A network. IPv4 is held as IPv4-mapped IPv6, so that one comparison serves both families and an
/// IPv4 network never covers a native IPv6 address.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    base: u128,
    mask: u128,
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or a single address.
    pub fn parse(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| NetworkError::Address)?;
        let (width, offset) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let prefix = match prefix {
            None => width,
            Some(p) if !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()) => {
                p.parse::<u32>().ok().filter(|p| *p <= width).ok_or(NetworkError::Prefix)?
            }
            Some(_) => return Err(NetworkError::Prefix),
        };
        let mask = u128::MAX.checked_shl(128 - offset - prefix).unwrap_or(0);
        let base = bits(address);
        if base & !mask != 0 {
            return Err(NetworkError::HostBits);
        }
        Ok(Self { base, mask })
    }

    /// Whether the address lies in it; an IPv4-mapped IPv6 address is the IPv4 address.
    pub fn contains(self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.base
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = Ipv6Addr::from_bits(self.base);
        let prefix = self.mask.count_ones();
        match base.to_ipv4_mapped() {
            Some(v4) if prefix >= 96 => write!(f, "{v4}/{}", prefix - 96),
            _ => write!(f, "{base}/{prefix}"),
        }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(network: &str, address: &str) -> bool {
        Network::parse(network).unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_network_contains_its_addresses_only() {
        assert!(within("10.1.0.0/16", "10.1.255.255"));
        assert!(within("10.1.0.0/16", "::ffff:10.1.2.3"));
        assert!(!within("10.1.0.0/16", "10.2.0.0"));
        assert!(within("127.0.0.1", "127.0.0.1") && !within("127.0.0.1", "127.0.0.2"));
        assert!(within("2001:db8::/32", "2001:db8:ffff::1") && !within("2001:db8::/32", "2001:db9::"));
        assert!(within("0.0.0.0/0", "203.0.113.9") && !within("0.0.0.0/0", "2001:db8::1"));
        assert!(within("::/0", "203.0.113.9") && within("::/0", "2001:db8::1"));
    }

    #[test]
    fn it_is_written_as_it_was_read() {
        for text in ["10.0.0.0/8", "0.0.0.0/0", "127.0.0.1/32", "2001:db8::/32", "::/0", "::1/128"] {
            assert_eq!(Network::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn mistakes_are_refused() {
        assert_eq!(Network::parse("10.0.0"), Err(NetworkError::Address));
        assert_eq!(Network::parse("10.0.0.0/33"), Err(NetworkError::Prefix));
        assert_eq!(Network::parse("10.0.0.0/"), Err(NetworkError::Prefix));
        assert_eq!(Network::parse("10.0.0.0/+8"), Err(NetworkError::Prefix));
        assert_eq!(Network::parse("10.0.0.1/8"), Err(NetworkError::HostBits));
        assert_eq!(Network::parse("2001:db8::/129"), Err(NetworkError::Prefix));
    }
}
