package soap

import (
	"slices"
	"strconv"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Version is a version of the message exchange schemas: its namespaces, its
// operations and what its messages hold. It cannot be changed.
type Version struct {
	minor int // of the version number 1.minor
	name  string

	types, basic, faults, routing, service string // namespaces

	path       string
	operations []string
	lean       bool
}

var (
	v11 = newVersion(1, "/smev/v1.1/ws", append(operations, "GetIncomingQueueStatistics"))
	v12 = newVersion(2, "/smev/v1.2/ws", append(operations, "GetIncomingQueueStatistics"))
	v13 = newVersion(3, "/transport_1_0_2/", operations)
)

// operations are those that every version has.
var operations = []string{"SendRequest", "SendResponse", "GetRequest", "GetStatus", "GetResponse", "Ack"}

func newVersion(minor int, path string, operations []string) *Version {
	const exchange = "urn://x-artefacts-smev-gov-ru/services/message-exchange/"
	name := "1." + strconv.Itoa(minor)
	v := &Version{
		minor: minor, name: name, path: path, operations: operations,
		types: exchange + "types/" + name, basic: exchange + "types/basic/" + name,
		faults: exchange + "types/faults/" + name, service: exchange + name,
	}
	if minor >= 3 {
		v.routing = exchange + "types/routing/" + name
	}
	return v
}

// V11 returns version 1.1, the legacy one.
func V11() *Version { return v11 }

// V12 returns version 1.2, that of nearly all traffic since 2020.
func V12() *Version { return v12 }

// V13 returns version 1.3, which adds routing, archives and names of files.
func V13() *Version { return v13 }

// Versions returns all versions, oldest first.
func Versions() []*Version { return []*Version{v11, v12, v13} }

// VersionOf returns the version whose messages stand in a namespace.
func VersionOf(space string) (*Version, bool) {
	for _, v := range Versions() {
		if v.types == space {
			return v, true
		}
	}
	return nil, false
}

// Lean returns the version as real SMEV has written it since 2020: an element
// that the schema requires is left out when its value is empty, and the answer
// to Ack is an empty body. Reading makes no difference between a version and
// its lean form.
func (v *Version) Lean() *Version {
	lean := *v
	lean.lean = true
	return &lean
}

// Name returns "1.1", "1.2" or "1.3".
func (v *Version) Name() string { return v.name }

// Types returns the namespace of the messages.
func (v *Version) Types() string { return v.types }

// Basic returns the namespace of the parts messages share.
func (v *Version) Basic() string { return v.basic }

// Faults returns the namespace of the faults.
func (v *Version) Faults() string { return v.faults }

// Routing returns the namespace of routing, which 1.3 alone has; for the
// others it returns "".
func (v *Version) Routing() string { return v.routing }

// Service returns the target namespace of the WSDL.
func (v *Version) Service() string { return v.service }

// Path returns the path that the endpoint of real SMEV has.
func (v *Version) Path() string { return v.path }

// Operations returns the names of the operations.
func (v *Version) Operations() []string { return slices.Clone(v.operations) }

// Has reports whether there is an operation of that name.
func (v *Version) Has(operation string) bool { return slices.Contains(v.operations, operation) }

func (v *Version) typ(local string) xmldsig.Name { return xmldsig.Name{Space: v.types, Local: local} }
func (v *Version) bas(local string) xmldsig.Name { return xmldsig.Name{Space: v.basic, Local: local} }
func (v *Version) rou(local string) xmldsig.Name { return xmldsig.Name{Space: v.routing, Local: local} }
