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
	entry   directory.Pos
	roles   []directory.Name
	groups  []string // glob patterns
	domains []string // folded
	keys    []string // of the keys in guardedKeys, those that may be used
}

// guardedKeys are the keys of a user or group that an included file may use only if its entry's allow_keys names them.
func guardedKeys() []string {
	return []string{"admin", "assigned_projects", "id", "mfa_required", "sso_enabled", "was"}
}

func (s *scope) allowsKey(key string) bool {
	return s == nil || !slices.Contains(guardedKeys(), key) || slices.Contains(s.keys, key)
}

func (s *scope) allowsRole(role directory.Name) bool {
	return s == nil || slices.Contains(s.roles, role)
}

func (s *scope) allowsGroup(name directory.Name) bool {
	return s == nil || slices.ContainsFunc(s.groups, func(pattern string) bool { return directory.Glob(pattern, string(name)) })
}

func (s *scope) allowsDomain(domain string) bool {
	return s == nil || slices.Contains(s.domains, domain)
}

// outside reports that a file names what its include entry does not grant. key is the key of the entry that would.
func (r *entryReader) outside(at *yaml.Node, key, format string, args ...any) {
	r.problem(at, fmt.Sprintf("the root file can allow it with `%s` at %s", key, r.scope.entry),
		"%s is outside of what this file may grant", fmt.Sprintf(format, args...))
}
