package storetest

import (
	"fmt"
	"time"

	"github.com/surguch/surguch/ra"
)

func testTrail(x *bench) {
	if c := must[ra.Checkpoint](x, "last")(x.Last(x.ctx)); c.Size != 0 {
		x.Errorf("got %+v before anything was sealed", c)
	}
	x.save(born("a"))
	for base := int64(1); base < 5; base++ {
		x.save(moved("a", base))
	}
	bodies := func(leaves []ra.Leaf) (list []string) {
		for _, l := range leaves {
			if l.Request != "a" {
				x.Errorf("got a leaf of %s", l.Request)
			}
			list = append(list, fmt.Sprintf("%d %d %s", l.Place, l.Seq, l.Body))
		}
		return list
	}
	unsealed := func(limit int) []ra.Leaf {
		x.Helper()
		return must[[]ra.Leaf](x, "unsealed")(x.Unsealed(x.ctx, limit))
	}
	all := unsealed(10)
	x.same("unsealed", bodies(all), []string{"-1 1 leaf 1 of a", "-1 2 leaf 2 of a", "-1 3 leaf 3 of a", "-1 4 leaf 4 of a", "-1 5 leaf 5 of a"})
	x.same("unsealed, again", unsealed(10), all)
	x.same("unsealed, a few", unsealed(2), all[:2])

	first := ra.Checkpoint{Size: 2, Root: []byte("root 2"), Note: []byte("note 2"), At: start}
	seal := func(leaves []ra.Leaf, c ra.Checkpoint) {
		x.Helper()
		if err := x.Seal(x.ctx, leaves, c); err != nil {
			x.Fatal(err)
		}
	}
	seal(all[:2], first)
	x.same("the newest checkpoint", must[ra.Checkpoint](x, "last")(x.Last(x.ctx)), first)
	x.same("what is left", bodies(unsealed(10)), bodies(all[2:]))
	refused[*ra.ConflictError](x, "sealing from an old base", x.Seal(x.ctx, all[2:3], ra.Checkpoint{Size: 1, At: start}))
	refused[*ra.ConflictError](x, "sealing from no base", x.Seal(x.ctx, all[2:4], ra.Checkpoint{Size: 9, At: start}))
	refused[*ra.ConflictError](x, "sealing what is sealed", x.Seal(x.ctx, all[1:3], ra.Checkpoint{Size: 4, At: start}))
	refused[*ra.ConflictError](x, "sealing a leaf twice", x.Seal(x.ctx, []ra.Leaf{all[2], all[2]}, ra.Checkpoint{Size: 4, At: start}))
	if x.Seal(x.ctx, nil, ra.Checkpoint{Size: 2, At: start}) == nil {
		x.Error("a checkpoint over nothing new was stored")
	}
	x.same("what is left", bodies(unsealed(10)), bodies(all[2:]))

	second := ra.Checkpoint{Size: 4, Root: []byte("root 4"), Note: []byte("note 4"), At: after(time.Second)}
	seal([]ra.Leaf{all[3], all[2]}, second) // the tree has the order of the call
	leaves := must[[]ra.Leaf](x, "leaves")(x.Leaves(x.ctx, 0, 10))
	x.same("leaves", bodies(leaves), []string{"0 1 leaf 1 of a", "1 2 leaf 2 of a", "2 4 leaf 4 of a", "3 3 leaf 3 of a"})
	x.same("leaves, a part", must[[]ra.Leaf](x, "leaves")(x.Leaves(x.ctx, 1, 2)), leaves[1:3])
	if rest := must[[]ra.Leaf](x, "leaves")(x.Leaves(x.ctx, 4, 2)); len(rest) != 0 {
		x.Errorf("got leaves %+v beyond the tree", rest)
	}
	x.same("checkpoints", must[[]ra.Checkpoint](x, "checkpoints")(x.Checkpoints(x.ctx, 0, 10)), []ra.Checkpoint{first, second})
	x.same("checkpoints, a part", must[[]ra.Checkpoint](x, "checkpoints")(x.Checkpoints(x.ctx, 0, 1)), []ra.Checkpoint{first})
	x.same("checkpoints, the rest", must[[]ra.Checkpoint](x, "checkpoints")(x.Checkpoints(x.ctx, 2, 10)), []ra.Checkpoint{second})
	if rest := must[[]ra.Checkpoint](x, "checkpoints")(x.Checkpoints(x.ctx, 4, 10)); len(rest) != 0 {
		x.Errorf("got checkpoints %+v beyond the last", rest)
	}
}

func testErase(x *bench) {
	x.save(full("a", 0))
	x.save(full("b", 0))
	other := x.everything("b")
	for base := int64(1); base < 4; base++ {
		c := moved("a", base)
		c.Blobs = []ra.Blob{{Name: fmt.Sprint("sealed ", base), Data: []byte("secret")}}
		c.Command = &ra.Command{Key: fmt.Sprint("key ", base), Request: "a", Answer: []byte("secret"), At: start}
		t := task("a", "noted", base+1)
		t.Note = []byte("secret")
		c.Tasks = []ra.Task{t}
		x.save(c)
	}
	before := x.everything("a")

	c := moved("a", 4)
	c.Row.Terms, c.Row.Key, c.Row.Data = ra.Terms{}, nil, []byte("an empty request")
	c.Row.Partner, c.Row.Assignee = "", ""
	c.Erase, c.Forget = true, []string{"sealed 1", "sealed 3", "document of a"}
	c.Command = &ra.Command{Key: "the command that erases", Request: "a", Answer: []byte("erased"), At: start}
	x.save(c)
	got := x.everything("a")
	x.same("the row", got.Row, c.Row)
	if len(got.Lines) != 5 || string(got.Lines[4].Data) != "line 5 of a" {
		x.Errorf("got lines %+v, want the last one whole", got.Lines)
	}
	for i, l := range got.Lines[:4] {
		if was := before.Lines[i]; l.Seq != was.Seq || !l.At.Equal(was.At) || len(l.Data) != 0 {
			x.Errorf("got line %+v, want its number and time and nothing else", l)
		}
	}
	if len(got.Leaves) != 5 || string(got.Leaves[0].Body) != "leaf 1 of a" {
		x.Errorf("got leaves %+v, want the audit trail whole", got.Leaves)
	}
	for i := range before.Tasks {
		before.Tasks[i].Note = nil
	}
	x.same("the tasks", got.Tasks, before.Tasks)
	for _, name := range c.Forget {
		_, err := x.Blob(x.ctx, name)
		x.missing(name, err)
	}
	must[[]byte](x, "a document that was not to be forgotten")(x.Blob(x.ctx, "sealed 2"))
	for _, key := range []string{"command of a", "key 1", "key 2", "key 3"} {
		_, err := x.Command(x.ctx, key)
		x.missing(key, err)
	}
	x.same("the command that erases", must[*ra.Command](x, "command")(x.Command(x.ctx, c.Command.Key)), c.Command)
	for what, q := range map[string]ra.Query{
		"name": {Name: "иванов"}, "part": {Contains: "ванов"}, "INN": {INN: "500100732259"}, "SNILS": {SNILS: "11223344595"},
	} {
		x.same("found by "+what, x.page(q), []ra.ID{"b"})
	}
	x.same("another request", x.everything("b"), other)
	free := moved("b", 1)
	free.Claims = []string{"claim of a"}
	x.save(free)
}
