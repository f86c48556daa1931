package webhook

import (
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	allow := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00:1::/32")}
	for addr, want := range map[string]bool{
		"93.184.216.34": true, "8.8.8.8": true, "2a00:1450::1": true, "::ffff:8.8.8.8": true, "172.32.0.1": true, "100.128.0.1": true,
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "fd00:1::5": true, // allowed
		"10.2.0.1": false, "127.0.0.1": false, "127.9.9.9": false, "0.0.0.0": false, "169.254.169.254": false, "172.16.0.1": false,
		"172.31.255.255": false, "192.168.1.1": false, "100.64.0.1": false, "198.18.0.1": false, "224.0.0.1": false,
		"255.255.255.255": false, "::": false, "::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false,
		"::127.0.0.1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "ff02::1": false,
		"64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "2002:7f00:1::": false, "2001::1": false, "2001:db8::1": false, "fec0::1": false,
	} {
		if got := public(netip.MustParseAddr(addr), allow); got != want {
			t.Errorf("%s: got %v, want %v", addr, got, want)
		}
	}
}
