// Package qualified knows the form of Russian qualified certificates: FSB
// order 795 of 27.12.2011 as amended by order 31 of 29.01.2021, and what law
// 63-FZ, RFC 9215 and RFC 5280 ask beside it.
//
// The form is data with dates: [Profiles] are three periods, each with the
// attributes of every type of owner and the extensions. Order 31 lapses on
// 01.09.2027; [ProfileAt] says so with [ErrLapsed].
//
// Numbers of the state registers are typed ([SNILS], [INN], [INNLE], [OGRN],
// [OGRNIP]) and checked to the last digit; an error names the rule and never
// the number. [NewSubject] and [Wanted] make the subject and the extensions
// that a request asks for:
//
//	profile, err := qualified.ProfileAt(time.Now())
//	subject, err := qualified.NewSubject(profile, qualified.Owner{Type: qualified.NaturalPerson, …})
//	wanted, err := qualified.Wanted{SignTool: "…", Class: qualified.KC1}.Extensions()
//
// # The linter
//
// [LintCertificate] and [LintRequest] find where the form is not met, in the
// manner of zlint: a [Rule] has a name, a source, a [Grade] that says how it
// is known, the dates it is in force, and a text in English and in Russian.
// Much of the order's text was not at hand; what is only recalled of it is a
// warning, and no number of an article is given that was not read.
//
//	for _, f := range qualified.LintCertificate(c, qualified.Options{}) {
//		fmt.Println(f.Severity, f.Rule, f.Where, f.Russian)
//	}
//
// # Safety
//
// A number that passes its check digits is well formed; that it exists and
// belongs to the applicant only the registers can say (package smev). A
// certificate without findings is of the right form; whether it is genuine is
// package csr's to verify. No error and no finding holds a name or a number.
package qualified
