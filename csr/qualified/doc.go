// Package qualified knows the form of Russian qualified certificates: FSB
// order 795 of 27.12.2011 as amended by order 31 of 29.01.2021 (in force
// 01.09.2021 to 01.09.2027).
//
// It holds the numbers of the state registers with their check digits (INN,
// SNILS, OGRN, OGRNIP) and the extensions that only Russian certificates
// bear: subjectSignTool, issuerSignTool and identificationKind.
//
//	if err := qualified.CheckSNILS("11223344595"); err != nil { … }
//	ext := qualified.NewIdentificationKind(qualified.ByCertificate)
//
// A number that passes its check digits is well formed; that it exists and
// belongs to the applicant only the registers can say (package smev).
package qualified
