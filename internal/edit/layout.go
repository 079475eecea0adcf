package edit

import (
	"cmp"
	"slices"
)

// layout is what the canonical form knows of the mappings at one place of a roster.
type layout struct {
	keys   []string          // in their order; keys that are not among them stand behind them, as they were
	inside map[string]string // the layout of the mappings that stand under a key, in a list or not
}

// The layouts by name. The order is that of the documentation of the format: what a person or a group is called and was
// called, then what they are, then what they belong to, then until when.
const (
	layoutRoot       = "file"
	layoutUser       = "user"
	layoutGroup      = "group"
	layoutLimit      = "limit"
	layoutAllow      = "allow"
	layoutMembership = "membership"
)

func layouts() map[string]layout {
	limits := []string{
		"max_deactivations", "max_removals_per_group", "max_removals", "max_group_deletions", "max_demotions",
		"max_admin_grants", "max_role_changes", "max_address_changes", "max_reactivations",
	}
	guards := layout{
		keys:   slices.Concat([]string{"min_admins", "protect", "domains"}, limits, []string{"allow"}),
		inside: map[string]string{"allow": layoutAllow},
	}
	for _, name := range limits {
		guards.inside[name] = layoutLimit
	}
	return map[string]layout{
		layoutRoot: {
			keys: []string{
				"version", "target", "timezone", "defaults", "unlisted", "leavers", "guards", "seats", "include", "users", "groups",
			},
			inside: map[string]string{
				"target": "target", "defaults": "defaults", "unlisted": "unlisted", "guards": "guards", "seats": "seats",
				"include": "include", "users": layoutUser, "groups": layoutGroup,
			},
		},
		layoutUser: {
			keys: []string{
				"email", "name", "given_name", "family_name", "was", "id", "active", "role", "admin", "groups", "projects",
				"email_notifications", "mfa_required", "sso_enabled", "auth", "assigned_projects", "until", "note",
			},
			inside: map[string]string{"projects": layoutMembership, "auth": "auth"},
		},
		layoutMembership: {keys: []string{"project", "profile"}},
		"auth":           {keys: []string{"system", "external_name"}},
		layoutGroup:      {keys: []string{"name", "was", "id", "mode", "members", "note"}},
		"target":         {keys: []string{"kind", "url"}},
		"defaults":       {keys: []string{"user", "group"}, inside: map[string]string{"user": layoutUser, "group": layoutGroup}},
		"unlisted":       {keys: []string{"users", "groups"}},
		"guards":         guards,
		layoutLimit:      {keys: []string{"count", "percent", "min_size"}},
		layoutAllow:      {keys: []string{"guard", "count", "cause", "reason", "until"}},
		"seats":          {keys: []string{"limit", "reserve"}},
		"include":        {keys: []string{"files", "roles", "groups", "projects", "profiles", "domains", "allow_keys"}},
	}
}

// rank returns the place of a key among those of a layout.
func (l *layout) rank(key string) int {
	if i := slices.Index(l.keys, key); i >= 0 {
		return i
	}
	return len(l.keys)
}

// sorted returns the items of a mapping in the order of their keys.
func (l *layout) sorted(items []*item) []*item {
	byRank := func(a, b *item) int { return cmp.Compare(l.rank(a.key.value), l.rank(b.key.value)) }
	if slices.IsSortedFunc(items, byRank) {
		return items
	}
	items = slices.Clone(items)
	slices.SortStableFunc(items, byRank)
	return items
}
