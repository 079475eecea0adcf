package directory

import (
	"slices"
	"strings"
)

// Scope is what a file other than the root file may grant: the roles, groups and address domains of its include entry.
// A nil Scope is that of the root file: everything. What a scope leaves out, it does not grant.
//
// It is asked wherever a file names something, whoever else declares it: a membership needs the group and the domain of
// the person whether it is written on the group or on the user, and a former name needs what a present name needs, since
// it takes over the account or group that bears it.
type Scope struct {
	Entry   Pos
	Roles   []Name
	Groups  []string // glob patterns
	Domains []string // folded
	Keys    []string // of the GuardedKeys, those that the file may use

	Projects []string // glob patterns of projects that people may be put into
	Profiles []Name   // that they may have there
}

// GuardedKeys are the keys of a user or group that a file other than the root file may use only if its scope names them.
func GuardedKeys() []string {
	return []string{"admin", "assigned_projects", "auth", "id", "mfa_required", "sso_enabled", "was"}
}

// AllowsKey reports whether the scope may use the key of a user or group.
func (s *Scope) AllowsKey(key string) bool {
	return s == nil || !slices.Contains(GuardedKeys(), key) || slices.Contains(s.Keys, key)
}

// AllowsRole reports whether the scope may give the role.
func (s *Scope) AllowsRole(role Name) bool {
	return s == nil || slices.Contains(s.Roles, role.Canonical())
}

// AllowsGroup reports whether the scope may declare the group, or put somebody into it.
func (s *Scope) AllowsGroup(name Name) bool {
	return s == nil || slices.ContainsFunc(s.Groups, func(pattern string) bool { return Glob(pattern, string(name.Canonical())) })
}

// NamesGroup reports whether the scope allows the group by its name, and not by a pattern that it happens to match.
func (s *Scope) NamesGroup(name Name) bool {
	return s == nil || slices.ContainsFunc(s.Groups, func(pattern string) bool {
		return !strings.ContainsAny(pattern, "*?") && Name(pattern).Canonical() == name.Canonical()
	})
}

// AllowsProject reports whether the scope may make people members of the project.
func (s *Scope) AllowsProject(name Name) bool {
	return s == nil || slices.ContainsFunc(s.Projects, func(pattern string) bool { return Glob(pattern, string(name.Canonical())) })
}

// AllowsProfile reports whether the scope may give the profile to members of projects.
func (s *Scope) AllowsProfile(profile Name) bool {
	return s == nil || slices.Contains(s.Profiles, profile.Canonical())
}

// AllowsDomain reports whether the scope may name addresses of the domain.
func (s *Scope) AllowsDomain(domain string) bool {
	return s == nil || slices.Contains(s.Domains, domain)
}
