package spec

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// scope is what the files of one include entry may grant. A nil scope is that of the root file: everything.
//
// It is asked wherever a file names something, whoever else declares it: a membership needs the group and the domain of
// the person whether it is written on the group or on the user, and a former name needs what a present name needs, since
// it takes over the account or group that bears it. What a scope leaves out, it does not grant.
type scope struct {
	directory.Scope
	keys []string // of the keys in guardedKeys, those that may be used
}

// grants returns what the entries of a file carry along: some of it only the live state can check.
func (s *scope) grants() *directory.Scope {
	if s == nil {
		return nil
	}
	return &s.Scope
}

// guardedKeys are the keys of a user or group that an included file may use only if its entry's allow_keys names them.
func guardedKeys() []string {
	return []string{"admin", "assigned_projects", "id", "mfa_required", "sso_enabled", "was"}
}

func (s *scope) allowsKey(key string) bool {
	return s == nil || !slices.Contains(guardedKeys(), key) || slices.Contains(s.keys, key)
}

// outside reports that a file names what its include entry does not grant. key is the key of the entry that would.
func (r *entryReader) outside(at *yaml.Node, key, format string, args ...any) {
	r.problem(at, fmt.Sprintf("the root file can allow it with `%s` at %s", key, r.scope.Entry),
		"%s is outside of what this file may grant", fmt.Sprintf(format, args...))
}
