package crashtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
)

// trial is one database, the world around it, and what is known of both.
type trial struct {
	t     testing.TB
	world *world
	plan  plan

	mu       sync.Mutex
	acked    map[ra.ID]int64 // the last version acknowledged
	total    int             // acknowledgements
	erased   map[ra.ID]bool
	complain map[string]int // errors that people met and that went away
	kills    int
}

const lease = 20 * time.Second

func newTrial(t testing.TB, database string, persons int) *trial {
	t.Helper()
	w := newWorld(t, persons)
	k := &trial{t: t, world: w, acked: map[ra.ID]int64{}, erased: map[ra.ID]bool{}, complain: map[string]int{}}
	k.plan = plan{
		Socket: w.socket, People: persons, Roots: [2][]byte{w.roots[0].Raw, w.roots[1].Raw}, Seal: w.seal.Bytes(), Lease: lease,
	}
	if database == "postgres" {
		k.plan.URL = pg.Start(t)
	} else {
		k.plan.Path = filepath.Join(t.TempDir(), "ra.db")
	}
	return k
}

// databases runs a test on both at the same time.
func databases(t *testing.T, test func(t *testing.T, database string)) {
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			test(t, database)
		})
	}
}

// child is a running process.
type child struct {
	*exec.Cmd
	told sync.WaitGroup
	said strings.Builder // on standard error
}

// start begins a child. Before it come the words of a command that runs it,
// such as strace.
func (k *trial) start(p plan, before ...string) *child {
	k.t.Helper()
	self, err := os.Executable()
	if err != nil {
		k.t.Fatal(err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		k.t.Fatal(err)
	}
	words := append(before, self)
	c := &child{Cmd: exec.Command(words[0], words[1:]...)}
	c.Env = append(os.Environ(), childPlan+"="+string(text))
	c.Stderr = &c.said
	out, err := c.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		k.t.Fatal(err)
	}
	c.told.Go(func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			k.hear(lines.Text())
		}
	})
	return c
}

// hear takes a line of a child.
func (k *trial) hear(line string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var id ra.ID
	var version int64
	switch {
	case strings.HasPrefix(line, "saved "):
		if n, _ := fmt.Sscanf(line, "saved %s %d", &id, &version); n == 2 {
			k.acked[id], k.total = max(k.acked[id], version), k.total+1
		}
	case strings.HasPrefix(line, "erased "):
		k.erased[ra.ID(strings.TrimPrefix(line, "erased "))] = true
	case strings.HasPrefix(line, "error "):
		k.complain[line]++
	}
}

// acknowledged is how many transitions children have told of.
func (k *trial) acknowledged() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.total
}

// end waits for a child. It reports whether it came to its end by itself; if
// it failed, so does the test.
func (k *trial) end(c *child) bool {
	k.t.Helper()
	c.told.Wait()
	err := c.Wait()
	if err == nil {
		return true
	}
	if c.ProcessState.ExitCode() >= 0 {
		k.t.Fatalf("a child failed: %v\n%s", err, c.said.String())
	}
	k.kills++
	return false
}

// next makes the plan of the child after a death: the leases of the dead one
// are over.
func (k *trial) next() plan {
	k.plan.Offset += k.plan.Lease + time.Second
	return k.plan
}

// finish runs a child to its end.
func (k *trial) finish(p plan) {
	k.t.Helper()
	if !k.end(k.start(p)) {
		k.t.Fatal("a child was killed by somebody else")
	}
}
