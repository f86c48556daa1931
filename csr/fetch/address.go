package fetch

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
)

// ErrAddress says that a name led to an address that is not public.
var ErrAddress = errors.New("not a public address")

// special are networks of the registries of special purposes (RFC 6890 and
// its successors) that netip does not tell apart: what is there is either not
// public or stands for another address.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("100.64.0.0/10"),   // shared by carriers (RFC 6598)
	netip.MustParsePrefix("192.0.0.0/24"),    // protocols
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // relays of 6to4
	netip.MustParsePrefix("198.18.0.0/15"),   // measurements
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and the broadcast address
	netip.MustParsePrefix("2001::/23"),       // protocols, Teredo among them
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("2002::/16"),       // 6to4: an IPv4 address inside
	netip.MustParsePrefix("3fff::/20"),       // documentation
}

// globalUnicast is all of IPv6 that is given out (RFC 4291, section 2.4);
// outside are unique local, site-local and link-local addresses, NAT64 and
// IPv4-compatible ones.
var globalUnicast = netip.MustParsePrefix("2000::/3")

// public reports whether an address is one of the public network. An IPv4
// address within an IPv6 one is judged as IPv4.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Is6() && !globalUnicast.Contains(a) {
		return false
	}
	return !within(special, a)
}

func within(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// dialControl returns a check for net.Dialer.Control, which is called with the
// very address of each connection: a name that resolves otherwise the second
// time cannot get round it.
func dialControl(allow []netip.Prefix) func(network, address string, c syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || network != "tcp4" && network != "tcp6" {
			return fmt.Errorf("%w: %s %s", ErrAddress, network, address)
		}
		if a := at.Addr().Unmap().WithZone(""); !public(a) && !within(allow, a) {
			return fmt.Errorf("%w: %v", ErrAddress, a)
		}
		return nil
	}
}
