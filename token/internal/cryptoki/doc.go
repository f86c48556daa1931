// Package cryptoki holds what PKCS #11 (OASIS PKCS #11 3.0; Cryptoki) and its
// Russian extensions call things: numbers of attributes, mechanisms, objects
// and return values, and the interface Module, behind which a driver of a
// vendor, a process that runs one, or a token in software may be.
//
// Numbers are written as the standard names them, without the prefix CK. The
// block 0xD4321000 is that of the Technical Committee 26 of Rosstandart
// (CKx_VENDOR_PKCS11_RU_TEAM_TC26), which Rutoken and JaCarta share for keys,
// signatures and hashes; ciphers differ between vendors and have no place here.
package cryptoki
