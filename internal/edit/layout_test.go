package edit

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"rollcall/schema"
)

// object is a mapping of the schema, or a list of such.
type object struct {
	Properties map[string]json.RawMessage `json:"properties"`
	Items      *object                    `json:"items"`
}

// Every key of the file format has its place in the canonical order: one that is added and forgotten here would stand
// behind all others.
func TestLayouts_haveEveryKey(t *testing.T) {
	var root struct {
		object
		Definitions map[string]object `json:"definitions"`
	}
	if err := json.Unmarshal(schema.Users(), &root); err != nil {
		t.Fatal(err)
	}
	all := layouts()
	check := func(name string, o object) {
		t.Helper()
		if len(o.Properties) == 0 {
			t.Fatalf("the schema has no keys for %s: mend this test", name)
		}
		for _, key := range slices.Sorted(maps.Keys(o.Properties)) {
			if l := all[name]; l.rank(key) == len(l.keys) {
				t.Errorf("key %s of %s has no place", key, name)
			}
		}
	}
	check(layoutRoot, root.object)
	check(layoutUser, root.Definitions["user"])
	check(layoutGroup, root.Definitions["group"])
	check(layoutLimit, root.Definitions["limit"])
	check(layoutMembership, *root.Definitions["projects"].Items)
	inside := func(in object, key string) object {
		var found object
		if err := json.Unmarshal(in.Properties[key], &found); err != nil {
			t.Fatal(err)
		}
		if found.Items != nil {
			return *found.Items
		}
		return found
	}
	for _, key := range []string{"target", "unlisted", "guards", "seats", "include"} {
		check(key, inside(root.object, key))
	}
	check(layoutAllow, inside(inside(root.object, "guards"), "allow"))
	check("auth", inside(root.Definitions["user"], "auth"))
	check(layoutUser, inside(inside(root.object, "defaults"), "user"))
	check(layoutGroup, inside(inside(root.object, "defaults"), "group"))
}
