package legacy

// boxes are the substitutions of eight groups of four bits, the least
// significant group first. Digit v of a string is what stands for v.
type boxes [8]string

// boxesA is id-Gost28147-89-CryptoPro-A-ParamSet (RFC 4357, section 11.2).
var boxesA = boxes{
	"96328b17a4efc0d5",
	"37e98af0526cb4d1",
	"e462b3d8cf5a0719",
	"e7acd13902b4f856",
	"b5198df0e423c7a6",
	"3adc120b75948fe6",
	"1d297a608c45f3be",
	"baf50ce8623917d4",
}

// boxesB is id-Gost28147-89-CryptoPro-B-ParamSet (RFC 4357, section 11.2).
var boxesB = boxes{
	"84b135092eacd67f",
	"012a4d5c973fb86e",
	"ec0a92db758f3614",
	"750db6123acf4e98",
	"27cf95ab140d68e3",
	"83264debc17fa095",
	"52ab91c374d06f8e",
	"04be8371a296fd5c",
}

// boxesC is id-Gost28147-89-CryptoPro-C-ParamSet (RFC 4357, section 11.2).
var boxesC = boxes{
	"1bc29d0f458ea763",
	"017db4528efc9a63",
	"825049fa37cd6e1b",
	"36015da8b297efc4",
	"8db0451293ce6fa7",
	"c9b18e247365a0fd",
	"a968de20f35b41c7",
	"7405a2fec61bd938",
}

// boxesD is id-Gost28147-89-CryptoPro-D-ParamSet (RFC 4357, section 11.2).
var boxesD = boxes{
	"fc2a645079ed1b83",
	"b634cfe27d805a91",
	"1cb0fe65ad489372",
	"15eca70d62b493f8",
	"0c89d2ab73654ef1",
	"80f325eb1a47c9d6",
	"306f1e92d8c4ba57",
	"1a68fb04c3597d2e",
}

// boxesZ is id-tc26-gost-28147-param-Z, of RFC 7836, appendix C, and of Magma.
var boxesZ = boxes{
	"c462a5b9e8d703f1",
	"68239a5c1e47bd0f",
	"b3582fade174c960",
	"c821d4f670a53e9b",
	"7f5a816d093eb42c",
	"5df692cab78143e0",
	"8e25691cf4b0da37",
	"17ed05834fa69cb2",
}

// boxesHash is id-GostR3411-94-CryptoProParamSet, of the hash (RFC 4357, section
// 11.2).
var boxesHash = boxes{
	"a4568137dce092bf",
	"5f402db91763cea8",
	"7fce94103b526a8d",
	"4a7c0f28e165db93",
	"764b9c2a180efd35",
	"7624d9f0a15b8ec3",
	"de41705a3c8f629b",
	"13a95b4f867ed02c",
}
