package xmldsig_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/smev/xmldsig"
)

const dsNamespace = "http://www.w3.org/2000/09/xmldsig#"

// find returns the elements in e, itself included, of a local name.
func find(e *xmldsig.Element, local string) (list []*xmldsig.Element) {
	if e.Name.Local == local {
		list = append(list, e)
	}
	for _, c := range e.Children {
		list = append(list, find(c, local)...)
	}
	return list
}

// one returns the only element in e of a local name.
func one(t testing.TB, e *xmldsig.Element, local string) *xmldsig.Element {
	t.Helper()
	list := find(e, local)
	if len(list) != 1 {
		t.Fatalf("got %d elements %s, want 1", len(list), local)
	}
	return list[0]
}

// verify verifies the signature in a container as one of the target.
func verify(t testing.TB, root *xmldsig.Element, container, target string) (*xmldsig.Signature, error) {
	t.Helper()
	return xmldsig.Verify(csr.Standard(), one(t, one(t, root, container), "Signature"), one(t, root, target))
}

// Messages of a dialogue with the test contour of SMEV, and who signed them.
func TestVerifyRealMessages(t *testing.T) {
	type signed struct{ container, target, signer string }
	for file, signatures := range map[string][]signed{
		"gosha20777-rr-01-SendRequestRequest":  {{"CallerInformationSystemSignature", "SenderProvidedRequestData", "1027700546510"}},
		"gosha20777-rr-02-SendRequestResponse": {{"SMEVSignature", "MessageMetadata", "1035009567450"}},
		"gosha20777-rr-03-GetResponseResponse": {
			{"SenderInformationSystemSignature", "SenderProvidedResponseData", "1027700133911"},
			{"SMEVSignature", "Response", "1035009567450"},
		},
		"gosha20777-rr-04-AckRequest":    {{"CallerInformationSystemSignature", "AckTargetMessage", "1027700546510"}},
		"smev3sharp-SendRequestResponce": {{"SMEVSignature", "MessageMetadata", "1047702026701"}},
		"smev3sharp-GetResponseResponce_InvalidContent": {
			{"SenderInformationSystemSignature", "SenderProvidedResponseData", "1047702026701"},
			{"SMEVSignature", "Response", "1047702026701"},
		},
	} {
		t.Run(file, func(t *testing.T) {
			doc := string(read(t, "testdata/signed/"+file+".xml"))
			if strings.HasPrefix(file, "smev3sharp") {
				for _, s := range signatures {
					if _, err := verify(t, parse(t, doc), s.container, s.target); reason(err) != xmldsig.ReasonValue {
						t.Errorf("%s, indented: got %v, want SignatureValue refused", s.container, err)
					}
				}
				doc = compact(doc)
			}
			root := parse(t, doc)
			for _, s := range signatures {
				got, err := verify(t, root, s.container, s.target)
				if err != nil {
					t.Errorf("%s: %v", s.container, err)
					continue
				}
				if ogrn := got.Certificate.Subject.Get(csr.OGRN); ogrn != s.signer {
					t.Errorf("%s: signed by %s, want %s", s.container, ogrn, s.signer)
				}
				if got.Escaping != xmldsig.Woodstox || got.Algorithm.Name != "GOST R 34.10-2012 (256)" {
					t.Errorf("%s: got %v, %s", s.container, got.Escaping, got.Algorithm.Name)
				}
			}
		})
	}
}

// compact takes out the white space between the elements of each SignedInfo.
func compact(doc string) string {
	between := regexp.MustCompile(`>\s+<`)
	return regexp.MustCompile(`(?s)<ds:SignedInfo>.*?</ds:SignedInfo>`).ReplaceAllStringFunc(doc, func(info string) string {
		return between.ReplaceAllString(info, "><")
	})
}

// The message rr-05 has lost the MIME part of a detached signature: SMEV did
// sign, and what is left is not what it signed.
func TestVerifyMissingPart(t *testing.T) {
	root := parse(t, string(read(t, "testdata/signed/gosha20777-rr-05-GetRequestResponse.xml")))
	target := one(t, root, "RequestMessage").Children[0]
	_, err := xmldsig.Verify(csr.Standard(), one(t, one(t, root, "SMEVSignature"), "Signature"), target)
	var refused *xmldsig.VerifyError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want a *VerifyError", err)
	}
	href := "cid:d0abc6a3-f82c-46fa-a2cf-6b1b8b78c460-652793@urn%3A%2F%2Fx-artefacts-smev-gov-ru%2Fservices%2Fmessage-exchange%2Ftypes%2Fbasic%2F1.1"
	if refused.Reason != xmldsig.ReasonDigest || !refused.SignedInfoVerified || !slices.Equal(refused.MissingParts, []string{href}) {
		t.Errorf("got %+v", refused)
	}
	want := `its digest differs: 1 MIME parts are not in their places: "cid:d0abc6a3-f82c-46fa-a2cf-6b1b8b78c460-652793@urn%3A%2F%2Fx-ar…"`
	if !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got  %v\nwant …%s", err, want)
	}
	// With the part in its place, whatever it is, none is missing.
	filled := regexp.MustCompile(`<xop:Include[^>]*>`).ReplaceAllString(string(read(t, "testdata/signed/gosha20777-rr-05-GetRequestResponse.xml")), "MIIB")
	root = parse(t, filled)
	_, err = xmldsig.Verify(csr.Standard(), one(t, one(t, root, "SMEVSignature"), "Signature"), one(t, root, "RequestMessage").Children[0])
	if !errors.As(err, &refused) || refused.Reason != xmldsig.ReasonDigest || !refused.SignedInfoVerified || refused.MissingParts != nil {
		t.Errorf("filled: got %+v", refused)
	}
}

// reason returns why Verify refused, or 0.
func reason(err error) xmldsig.Reason {
	var refused *xmldsig.VerifyError
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return 0
}
