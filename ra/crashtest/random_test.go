package crashtest

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestKilledAtRandom kills children that work on many requests at any moment,
// their start and the migration of the first among them.
func TestKilledAtRandom(t *testing.T) {
	t.Parallel()
	kills, persons := 8, 24
	switch {
	case long():
		kills, persons = 200, 150
	case testing.Short():
		kills, persons = 5, 12
	}
	databases(t, func(t *testing.T, database string) {
		k := newTrial(t, database, persons)
		for range kills {
			c := k.start(k.next())
			if rand.IntN(4) > 0 { // or the start is what is broken off
				k.working()
			}
			time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
			c.Process.Kill()
			if k.end(c) {
				break // there was no more to do
			}
		}
		k.finish(k.next())
		if k.kills < 3 {
			t.Errorf("got %d kills, want more", k.kills)
		}
		k.examine()
	})
}

// working waits until a child has told of something.
func (k *trial) working() {
	before := k.acknowledged()
	for end := time.Now().Add(20 * time.Second); k.acknowledged() == before && time.Now().Before(end); {
		time.Sleep(2 * time.Millisecond)
	}
}
