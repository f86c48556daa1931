package api_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra/api"
)

// TestTiming measures how long refusals take: of a link of a request that is
// there, of one that is not, of a marker's code, of nonsense. The times tell
// nothing about which it was. The same measurement on a front that refuses at
// once tells it, so it would see an oracle.
func TestTiming(t *testing.T) {
	if !long() {
		t.Log("measured with SURGUCH_LONG=1: here only what would be measured")
	}
	samples := 3
	if long() {
		samples = 1500 // for which one address would need two hours and a half, by the default limits
	}
	slow, fast := newTiming(t, 20*time.Millisecond), newTiming(t, -1)
	for name, pair := range map[string][2]string{
		"no such request": {"wrong secret", "no such request"},
		"marker":          {"wrong secret", "marker"},
		"nonsense":        {"wrong secret", "nonsense"},
	} {
		told := slow.tell(pair, samples)
		planted := fast.tell(pair, samples)
		t.Logf("wrong secret against %s: t = %.1f; refused at once: t = %.1f", name, told, planted)
		if !long() {
			continue
		}
		if told > significant {
			t.Errorf("%s: the times tell it from a wrong secret: t = %.1f", name, told)
		}
		if planted <= significant {
			t.Errorf("%s: the measurement does not see what is there to be seen: t = %.1f", name, planted)
		}
	}
}

// significant is the bound of Welch's t that chance passes in one measurement
// of some 150 000 (the usual one of leakage assessments).
const significant = 4.5

// timing is a front whose refusals are measured, by the machine's clock.
type timing struct {
	w           *world
	credentials map[string]string
}

func newTiming(t *testing.T, delay time.Duration) *timing {
	w := newWorld(t, func(c *api.Config) { c.RefusalDelay, c.Clock = delay, nil })
	id := w.onDesk()
	return &timing{w, map[string]string{
		"wrong secret":    id + ".AAAAAAAAAAAAAAAAAAAAAA",
		"no such request": strings.Repeat("0", 32) + ".AAAAAAAAAAAAAAAAAAAAAA",
		"marker":          "00000-00000-00000-00000-00000",
		"nonsense":        "nonsense",
	}}
}

// tell measures both of a pair in turn, in an order left to chance, and
// returns Welch's t of the two.
func (m *timing) tell(pair [2]string, samples int) float64 {
	var took [2][]float64
	for range samples {
		first := rand.IntN(2)
		for _, i := range []int{first, 1 - first} {
			r := m.w.request("POST", "/session", "", map[string]string{"credential": m.credentials[pair[i]], "secret": secret(1)})
			answer := httptest.NewRecorder()
			start := time.Now()
			m.w.handler.ServeHTTP(answer, r)
			took[i] = append(took[i], float64(time.Since(start)))
			if answer.Code != 404 {
				m.w.t.Fatalf("got %d %s", answer.Code, answer.Body)
			}
		}
	}
	return welch(trimmed(took[0]), trimmed(took[1]))
}

// trimmed leaves out the slowest tenth, in which other programs had the
// machine.
func trimmed(x []float64) []float64 {
	x = slices.SortedFunc(slices.Values(x), cmp.Compare[float64])
	return x[:len(x)*9/10]
}

// welch is the absolute value of Welch's t.
func welch(x, y []float64) float64 {
	mx, vx := moments(x)
	my, vy := moments(y)
	return math.Abs(mx-my) / math.Sqrt(vx/float64(len(x))+vy/float64(len(y)))
}

func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, variance
}
