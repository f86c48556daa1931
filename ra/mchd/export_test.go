package mchd

import "github.com/surguch/surguch/ra"

// Parse reads a power without its signature.
func Parse(raw []byte) (*ra.Power, error) {
	d, err := parse(raw)
	if err != nil {
		if d != nil {
			panic("a power together with an error")
		}
		return nil, err
	}
	return &d.power, nil
}
