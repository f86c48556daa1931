package fetch

import (
	"errors"
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "1.0.0.1": true, "77.88.8.8": true, "2a02:6b8::1": true, "2606:4700::1": true, "::ffff:8.8.8.8": true,
		"100.63.255.255": true, "100.128.0.0": true, "172.32.0.1": true, "198.20.0.1": true, "223.255.255.255": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "100.64.0.0": false, "100.127.255.255": false, "127.0.0.1": false,
		"127.255.255.254": false, "169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.0.0.8": false,
		"192.0.2.1": false, "192.88.99.1": false, "192.168.0.1": false, "198.18.0.1": false, "198.19.255.255": false,
		"198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false, "239.255.255.255": false, "240.0.0.1": false,
		"255.255.255.255": false, "::": false, "::1": false, "::8.8.8.8": false, "::ffff:127.0.0.1": false, "::ffff:192.168.0.1": false,
		"64:ff9b::808:808": false, "100::1": false, "2001::1": false, "2001:db8::1": false, "2002:808:808::": false, "3fff::1": false,
		"fc00::1": false, "fd00::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "ff02::1": false, "4000::1": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %v, want %v", address, got, want)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// TestDialControl judges the address of a connection, whatever name led to it.
func TestDialControl(t *testing.T) {
	control := dialControl([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/64")})
	for _, c := range []struct {
		network, address string
		want             bool
	}{
		{"tcp4", "8.8.8.8:80", true}, {"tcp6", "[2a02:6b8::1]:443", true}, {"tcp4", "10.1.2.3:3128", true}, {"tcp6", "[fd00::5]:80", true},
		{"tcp6", "[::ffff:10.1.2.3]:80", true}, {"tcp6", "[::ffff:10.2.2.3]:80", false},
		{"tcp4", "10.2.2.3:80", false}, {"tcp4", "127.0.0.1:80", false}, {"tcp6", "[fe80::1%eth0]:80", false},
		{"tcp4", "ca.example:80", false}, {"udp4", "8.8.8.8:53", false}, {"unix", "/run/socket", false},
	} {
		if err := control(c.network, c.address, nil); (err == nil) != c.want || err != nil && !errors.Is(err, ErrAddress) {
			t.Errorf("%s %s: got %v, want it dialled: %v", c.network, c.address, err, c.want)
		}
	}
}
