package legacy

import "hash"

// boxesTest is id-Gost28147-89-TestParamSet (RFC 4357, section 11.2).
var boxesTest = boxes{
	"42f59108e3bcd7a6",
	"c9fe813a274d60b5",
	"d8ec739a15246f0b",
	"e9b25f710dc6a438",
	"3e59680dab7c21f4",
	"8f6b19c5d37a0e24",
	"9bc0367548ef1a2d",
	"c652b09d3e7af418",
}

// boxesHashTest is id-GostR3411-94-TestParamSet, of the examples in GOST R
// 34.11-94 (RFC 5831, section 7).
var boxesHashTest = boxes{
	"4a92d80e6b1c7f53",
	"eb4c6dfa23810759",
	"581da342efc7609b",
	"7da1089fe46cb253",
	"6c715fd84a9e03b2",
	"4ba0721d36859cfe",
	"db413f590ae7682c",
	"1fd057a4923e6b8c",
}

// ParamSetTest is the set of published examples.
func ParamSetTest() *ParamSet { return paramSetTest() }

var paramSetTest = set("test", nil, boxesTest)

// NewTest94 returns the hash under the set of published examples.
func NewTest94() hash.Hash { return newDigest(hashTestTable()) }

var hashTestTable = boxesHashTest.table()
