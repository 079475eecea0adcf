package directory

import "slices"

// Scope is what a file other than the root file may grant: the roles, groups and address domains of its include entry.
// A nil Scope is that of the root file: everything. What a scope leaves out, it does not grant.
type Scope struct {
	Entry   Pos
	Roles   []Name
	Groups  []string // glob patterns
	Domains []string // folded
}

// AllowsRole reports whether the scope may give the role.
func (s *Scope) AllowsRole(role Name) bool {
	return s == nil || slices.Contains(s.Roles, role.Canonical())
}

// AllowsGroup reports whether the scope may declare the group, or put somebody into it.
func (s *Scope) AllowsGroup(name Name) bool {
	return s == nil || slices.ContainsFunc(s.Groups, func(pattern string) bool { return Glob(pattern, string(name.Canonical())) })
}

// AllowsDomain reports whether the scope may name addresses of the domain.
func (s *Scope) AllowsDomain(domain string) bool {
	return s == nil || slices.Contains(s.Domains, domain)
}
