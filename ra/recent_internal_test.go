package ra

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/surguch/surguch/csr/qualified"
)

// TestRecent: what was used last is kept, and no more than two generations.
func TestRecent(t *testing.T) {
	c := recent[int]{most: 3}
	for i := range 10 {
		c.put(ID(fmt.Sprint(i)), i)
		if v, ok := c.get("0"); !ok || v != 0 {
			t.Fatalf("lost what is used all the time, after %d", i)
		}
	}
	kept := 0
	for i := range 10 {
		if v, ok := c.get(ID(fmt.Sprint(i))); ok && v != i {
			t.Errorf("got %d of %d", v, i)
		} else if ok {
			kept++
		}
	}
	if kept < 3 || kept > 6 {
		t.Errorf("got %d kept, want 3 to 6", kept)
	}
	c.forget("0")
	if _, ok := c.get("0"); ok {
		t.Error("got what was forgotten")
	}
}

// TestClone fills a request to the last pointer: a copy is equal, and shares
// nothing that can be changed but the case's key.
func TestClone(t *testing.T) {
	r := &Request{}
	fill(reflect.ValueOf(r).Elem())
	identification := qualified.ByBiometrics
	r.Held[0].Identification = &identification
	c := r.clone()
	if !reflect.DeepEqual(r, c) {
		t.Errorf("got\n%+v\nwant\n%+v", c, r)
	}
	shared(t, "Request", reflect.ValueOf(r).Elem(), reflect.ValueOf(c).Elem())
}

// fill sets everything exported.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.String:
		v.SetString("x")
	}
}

// shared reports what two values share.
func shared(t *testing.T, name string, a, b reflect.Value) {
	switch a.Kind() {
	case reflect.Pointer:
		if a.Pointer() == b.Pointer() {
			t.Errorf("%s is shared", name)
			return
		}
		shared(t, name, a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Pointer() == b.Pointer() {
			t.Errorf("%s is shared", name)
			return
		}
		shared(t, name+"[0]", a.Index(0), b.Index(0))
	case reflect.Struct:
		for i := range a.NumField() {
			if f := a.Type().Field(i); f.IsExported() {
				shared(t, name+"."+f.Name, a.Field(i), b.Field(i))
			}
		}
	case reflect.Map, reflect.Interface, reflect.Chan, reflect.Func:
		t.Errorf("%s is of kind %s, of which this test knows nothing", name, a.Kind())
	}
}
