//! Where a request comes from, as a network: an IPv4 address, an IPv6 /64 and its /48. Believed is what
//! `CLIENT_IP` names, and nothing else.

use core::net::{IpAddr, Ipv6Addr};

use super::head::Head;
use crate::config::ClientIp;

/// How many times the budget of a /64 its /48 has.
const WIDE_FACTOR: u32 = 8;

/// The client's network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    /// Not known, or not an address. All such clients are one network.
    Unknown,
    /// One IPv4 address, IPv4-mapped IPv6 folded into it.
    V4([u8; 4]),
    /// An IPv6 /48 and /64.
    V6 {
        /// The first three groups.
        wide: [u16; 3],
        /// The fourth.
        subnet: u16,
    },
}

impl Network {
    /// The network of a request.
    pub fn of(head: &Head<'_>, client_ip: &ClientIp) -> Self {
        client(head, client_ip).map_or(Self::Unknown, Self::of_address)
    }

    fn of_address(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self::V4(v4.octets()),
            IpAddr::V6(v6) => Self::of_v6(v6),
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        if let Some(v4) = address.to_ipv4_mapped() {
            return Self::V4(v4.octets());
        }
        let [a, b, c, subnet, ..] = address.segments();
        Self::V6 {
            wide: [a, b, c],
            subnet,
        }
    }

    /// The networks that pay, narrow first, each with how many times the budget it has.
    pub fn payers(&self) -> Vec<(String, u32)> {
        match self {
            Self::Unknown => vec![("unknown".to_owned(), 1)],
            Self::V4([a, b, c, d]) => vec![(format!("{a}.{b}.{c}.{d}"), 1)],
            Self::V6 {
                wide: [a, b, c],
                subnet,
            } => vec![
                (format!("{a:x}:{b:x}:{c:x}:{subnet:x}::/64"), 1),
                (format!("{a:x}:{b:x}:{c:x}::/48"), WIDE_FACTOR),
            ],
        }
    }

    /// Shortened for the journal and the log: /24 or /48.
    pub fn shortened(&self) -> String {
        match self {
            Self::Unknown => "unknown".to_owned(),
            Self::V4([a, b, c, _]) => format!("{a}.{b}.{c}.0/24"),
            Self::V6 {
                wide: [a, b, c], ..
            } => format!("{a:x}:{b:x}:{c:x}::/48"),
        }
    }
}

/// The client's address, from what `CLIENT_IP` names; what is no address is none.
pub fn client(head: &Head<'_>, client_ip: &ClientIp) -> Option<IpAddr> {
    let text = match client_ip {
        ClientIp::Cloudflare => head.header("cf-connecting-ip"),
        ClientIp::Header(name) => head.header(name),
        ClientIp::Nobody => None,
    };
    text?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::id::RequestId;

    fn network(header: &str, client_ip: &ClientIp) -> Network {
        let text = format!("GET\nhttp://a.example/\n\n{header}\n");
        Network::of(
            &Head::parse(&text, RequestId::from_bits(&[0; 16])).unwrap(),
            client_ip,
        )
    }

    #[test]
    fn only_what_the_setting_names_is_believed() {
        let spoofed = "x-forwarded-for\n203.0.113.9";
        assert_eq!(network(spoofed, &ClientIp::Cloudflare), Network::Unknown);
        assert_eq!(
            network("cf-connecting-ip\n203.0.113.9", &ClientIp::Nobody),
            Network::Unknown
        );
        let named = ClientIp::Header("x-real-client".into());
        assert_eq!(
            network("x-real-client\n203.0.113.9", &named),
            Network::V4([203, 0, 113, 9])
        );
        assert_eq!(
            network("x-real-client\n203.0.113.9, 10.0.0.1", &named),
            Network::Unknown
        );
    }

    #[test]
    fn an_ipv6_client_is_its_64_and_its_48() {
        let network = network(
            "cf-connecting-ip\n2001:db8:1:2:3:4:5:6",
            &ClientIp::Cloudflare,
        );
        assert_eq!(
            network.payers(),
            [
                ("2001:db8:1:2::/64".to_owned(), 1),
                ("2001:db8:1::/48".to_owned(), 8)
            ]
        );
        assert_eq!(network.shortened(), "2001:db8:1::/48");
    }

    #[test]
    fn a_mapped_ipv4_address_is_that_ipv4_address() {
        let mapped = network(
            "cf-connecting-ip\n::ffff:203.0.113.9",
            &ClientIp::Cloudflare,
        );
        assert_eq!(mapped, Network::V4([203, 0, 113, 9]));
        assert_eq!(mapped.shortened(), "203.0.113.0/24");
    }
}
