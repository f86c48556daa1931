package ra

import (
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
)

// Partner is an organisation that acts for the authority: a service centre, or
// an agent. Its people are actors with its name in Actor.Partner.
type Partner struct {
	// Parent is the partner above it. "": the authority itself.
	Parent string
	// Rights are what was delegated to it. A right counts only if every
	// partner above has it as well: what is taken away from one is taken away
	// from all beneath.
	Rights []Right
}

// Right is a part of the authority's work that can be delegated.
type Right string

// The rights.
const (
	RightCreate   Right = "create"        // begins requests, fills them in, and leads them where no other right is asked for
	RightReview   Right = "review"        // looks at documents first: passes requests on and returns them
	RightIdentify Right = "identify"      // establishes identity and powers, sees originals
	RightMarkers  Right = "issue_markers" // prints markers and gives them out
	RightKeys     Right = "make_keys"     // makes keys at a workplace of its own, and installs certificates there
	RightHandOver Right = "hand_over"     // hands carriers and certified copies over
	RightOriginal Right = "originals"     // takes in originals and forwards them
)

// Rights are all there are.
var Rights = []Right{RightCreate, RightReview, RightIdentify, RightMarkers, RightKeys, RightHandOver, RightOriginal}

// Partners is the tree of partners beneath the authority. People of a service
// centre see the requests of all partners beneath theirs, people of an agent
// those of their own.
type Partners struct {
	tree atomic.Pointer[map[string]Partner]
}

// NewPartners makes a tree of its partners by name. It refuses a parent that
// is not among them, a partner above itself, and a right there is not.
func NewPartners(list map[string]Partner) (*Partners, error) {
	p := &Partners{}
	return p, p.Replace(list)
}

// Replace puts another tree in the place of this one, for whatever is done
// from then on. It refuses what [NewPartners] refuses, and then the old one
// stays.
func (p *Partners) Replace(list map[string]Partner) error {
	for _, name := range slices.Sorted(maps.Keys(list)) {
		if name == "" {
			return fmt.Errorf("ra: partners: one has no name")
		}
		for _, r := range list[name].Rights {
			if !slices.Contains(Rights, r) {
				return fmt.Errorf("ra: partners: %s: there is no right %q", name, r)
			}
		}
		steps := 0
		for at := name; at != ""; at = list[at].Parent {
			if _, ok := list[at]; !ok {
				return fmt.Errorf("ra: partners: %s: above it is %s, which is none of them", name, at)
			}
			if steps++; steps > len(list) {
				return fmt.Errorf("ra: partners: %s stands above itself", at)
			}
		}
	}
	tree := make(map[string]Partner, len(list))
	for name, x := range list {
		tree[name] = Partner{x.Parent, slices.Clone(x.Rights)}
	}
	p.tree.Store(&tree)
	return nil
}

// Has reports whether a right was delegated to a partner all the way down.
func (p *Partners) Has(name string, right Right) bool {
	tree := *p.tree.Load()
	for at, known := name, true; at != ""; at = tree[at].Parent {
		var x Partner
		if x, known = tree[at]; !known || !slices.Contains(x.Rights, right) {
			return false
		}
	}
	return name != ""
}

// Beneath returns a partner and those beneath it, in the order of their names;
// none, if there is no such partner.
func (p *Partners) Beneath(name string) (list []string) {
	tree := *p.tree.Load()
	for _, other := range slices.Sorted(maps.Keys(tree)) {
		for at := other; at != ""; at = tree[at].Parent {
			if at == name {
				list = append(list, other)
				break
			}
		}
	}
	return list
}
