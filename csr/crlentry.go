package csr

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"slices"
	"time"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// crlEntries is revokedCertificates: the DER as received, and where each
// entry starts in it, in the order of serial numbers. Lists of hundreds of
// thousands of entries are common, and of each list few entries are asked
// for, so an entry is decoded when it is found.
type crlEntries struct {
	raw    der.String
	sorted []uint32
}

// Contents of the object identifiers that entries bear; comparing octets
// keeps the reading of an entry free of allocations.
var (
	reasonCodeID        = oidContent(oid.ReasonCode)
	invalidityDateID    = oidContent(oid.InvalidityDate)
	certificateIssuerID = oidContent(oid.CertificateIssuer)
)

func oidContent(id der.OID) string {
	return string(der.Marshal(func(b *der.Builder) { b.AddASN1ObjectIdentifier(id) })[2:])
}

// readCRLEntries checks every entry and puts them in order. Extensions says
// whether entries may have any, which needs a list of version 2.
func readCRLEntries(list der.String, extensions bool, d *deviations) (crlEntries, error) {
	all := crlEntries{raw: list}
	count := 0
	for in := list; !in.Empty(); count++ {
		if _, ok := der.ReadRaw(&in, der.Sequence); !ok {
			return crlEntries{}, errors.New("csr: crl: revokedCertificates does not parse")
		}
	}
	all.sorted = make([]uint32, 0, count)
	for in := list; !in.Empty(); {
		all.sorted = append(all.sorted, uint32(len(list)-len(in)))
		if _, err := readCRLEntry(&in, extensions, d); err != nil {
			return crlEntries{}, fmt.Errorf("csr: crl: entry %d: %w", len(all.sorted), err)
		}
	}
	slices.SortFunc(all.sorted, func(a, b uint32) int {
		return cmp.Or(compareSerials(all.serial(a), all.serial(b)), cmp.Compare(a, b))
	})
	return all, nil
}

// serial returns the serial number of the entry that starts at offset, the
// contents of its INTEGER. The entry has been read once, so its header is
// known to be sound and its INTEGER to have a length of one octet.
func (all *crlEntries) serial(offset uint32) []byte {
	entry := all.raw[offset:]
	header := 2
	if entry[1] >= 0x80 {
		header += int(entry[1] & 0x7f)
	}
	return entry[header+2:][:entry[header+1]]
}

// compareSerials is an order of DER INTEGER contents, which are unique to
// their numbers; it is not the order of the numbers.
func compareSerials(a, b []byte) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), bytes.Compare(a, b))
}

// maxSerial is the longest serial number an entry may have, in octets. RFC
// 5280, section 4.1.2.2 allows 20; it is the form of the length octet that
// must stay the same.
const maxSerial = 127

// crlEntry is one entry, decoded.
type crlEntry struct {
	serial     []byte // contents of the INTEGER
	revokedAt  time.Time
	reason     Reason
	invalidity time.Time
}

// readCRLEntry reads one entry of revokedCertificates (RFC 5280, section 5.1).
func readCRLEntry(in *der.String, extensions bool, d *deviations) (e crlEntry, err error) {
	var entry, serial der.String
	if !in.ReadASN1(&entry, der.Sequence) || !entry.ReadASN1(&serial, der.Integer) ||
		!minimalInteger(serial) || len(serial) > maxSerial {
		return e, errors.New("serial number does not parse")
	}
	e.serial = serial
	long := entry.PeekASN1Tag(der.GeneralizedTime)
	var ok bool
	if e.revokedAt, ok = der.ReadTime(&entry); !ok {
		return e, errors.New("revocationDate does not parse")
	}
	d.noteTime(long, e.revokedAt, "revokedCertificates")
	if entry.Empty() {
		return e, nil
	}
	var list der.String
	if !extensions {
		return e, errors.New("extensions in a list that is not of version 2")
	}
	if !entry.ReadASN1(&list, der.Sequence) || !entry.Empty() {
		return e, errors.New("crlEntryExtensions does not parse")
	}
	var seen [2]bool
	for !list.Empty() {
		if err := e.readExtension(&list, &seen, d); err != nil {
			return e, err
		}
	}
	return e, nil
}

// readExtension reads one extension of an entry (RFC 5280, section 5.3). One
// that is neither known nor critical is passed over.
func (e *crlEntry) readExtension(list *der.String, seen *[2]bool, d *deviations) error {
	var one, id, value der.String
	var critical bool
	if !list.ReadASN1(&one, der.Sequence) || !one.ReadASN1(&id, der.ObjectID) || len(id) == 0 {
		return errors.New("an extension does not parse")
	}
	written := one.PeekASN1Tag(der.Boolean)
	if written && !one.ReadASN1Boolean(&critical) ||
		!one.ReadASN1(&value, der.OctetString) || !one.Empty() {
		return errors.New("an extension does not parse")
	}
	if written && !critical {
		d.note(ExplicitDefault, "revokedCertificates")
	}
	which := 0
	switch string(id) {
	case reasonCodeID:
		var code int
		var ok bool
		if !value.ReadASN1Enum(&code) || !value.Empty() {
			return errors.New("reasonCode does not parse")
		}
		if e.reason, ok = newReason(code); !ok {
			return fmt.Errorf("reasonCode %d has no place in a full CRL", code)
		}
	case invalidityDateID:
		which = 1
		at, ok := readGeneralizedTime(&value)
		if !ok || !value.Empty() {
			return errors.New("invalidityDate does not parse")
		}
		e.invalidity = at
	case certificateIssuerID:
		return ErrIndirectCRL
	default:
		if critical {
			return fmt.Errorf("%w: %v", ErrCritical, readableID(id))
		}
		return nil
	}
	if seen[which] {
		return errors.New("an extension stands twice")
	}
	seen[which] = true
	return nil
}

// readableID is an object identifier for an error.
func readableID(content der.String) string {
	var id der.OID
	whole := der.String(der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.ObjectID, func(b *der.Builder) { b.AddBytes(content) })
	}))
	if !whole.ReadASN1ObjectIdentifier(&id) {
		return "of an identifier that does not parse"
	}
	return id.String()
}

// readGeneralizedTime reads a time where UTCTime has no place.
func readGeneralizedTime(s *der.String) (time.Time, bool) {
	if !s.PeekASN1Tag(der.GeneralizedTime) {
		return time.Time{}, false
	}
	return der.ReadTime(s)
}

// minimalInteger reports whether b is the contents of a DER INTEGER (X.690,
// section 8.3.2).
func minimalInteger(b []byte) bool {
	return len(b) == 1 || len(b) > 1 && (b[0] != 0 || b[1] >= 0x80) && (b[0] != 0xff || b[1] < 0x80)
}

func (e crlEntry) revocation() Revocation {
	serial, _ := der.ReadIntegerContent(e.serial) // checked when the list was read
	return Revocation{SerialNumber: serial, RevokedAt: e.revokedAt, Reason: e.reason, InvalidityDate: e.invalidity}
}

// Len returns the number of entries.
func (c *CRL) Len() int { return len(c.entries.sorted) }

// Find looks a serial number up, in log n steps of comparing a few octets. If
// the list has it more than once, the entry with the earliest revocation
// counts. It takes the list as it is: [CRL.Status] also asks whether the list
// covers the certificate.
func (c *CRL) Find(serial *big.Int) (r Revocation, found bool) {
	all := &c.entries
	wanted := der.Marshal(func(b *der.Builder) { b.AddASN1BigInt(serial) })
	if len(wanted) > 2+maxSerial {
		return r, false
	}
	wanted = wanted[2:]
	i, _ := slices.BinarySearchFunc(all.sorted, wanted, func(offset uint32, wanted []byte) int {
		return compareSerials(all.serial(offset), wanted)
	})
	for ; i < len(all.sorted) && bytes.Equal(all.serial(all.sorted[i]), wanted); i++ {
		in := all.raw[all.sorted[i]:]
		e, err := readCRLEntry(&in, true, new(deviations))
		if err != nil {
			continue // cannot be: the list was read whole
		}
		if one := e.revocation(); !found || one.RevokedAt.Before(r.RevokedAt) {
			r, found = one, true
		}
	}
	return r, found
}

// All goes through the entries in the order of the list.
func (c *CRL) All() iter.Seq[Revocation] {
	return func(yield func(Revocation) bool) {
		for in := c.entries.raw; !in.Empty(); {
			e, err := readCRLEntry(&in, true, new(deviations))
			if err != nil || !yield(e.revocation()) {
				return
			}
		}
	}
}
