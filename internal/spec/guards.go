package spec

import (
	"fmt"
	"math"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// limitNames are the guards with an arithmetic, in the order of the documentation.
func limitNames() []string {
	return []string{
		string(directory.GuardMaxDeactivations), string(directory.GuardMaxRemovalsPerGroup), string(directory.GuardMaxRemovals),
		string(directory.GuardMaxGroupDeletions), string(directory.GuardMaxDemotions), string(directory.GuardMaxAdminGrants),
		string(directory.GuardMaxRoleChanges), string(directory.GuardMaxAddressChanges), string(directory.GuardMaxReactivations),
	}
}

// guards changes those guards that the file names.
func (r *reader) guards(n *yaml.Node, guards *directory.Guards) {
	known := append([]string{"min_admins", "protect", "domains", "allow"}, limitNames()...)
	r.fields(n, "guards", known, func(key string, _, v *yaml.Node) {
		switch key {
		case "min_admins":
			at(&guards.MinAdmins, r.pos(v))(r.count(v, "min_admins", 0))
		case "protect":
			guards.Protect = places(r, v, "protect", r.protectPattern)
		case "domains":
			guards.Domains = places(r, v, "domains", r.domain)
		case "allow":
			guards.Allow = r.allows(v)
		default:
			name := directory.GuardName(key)
			guards.Limits[name] = r.limit(v, key, guards.Limits[name])
		}
	})
}

// limit changes a limit key by key: what the file leaves out keeps its default.
func (r *reader) limit(n *yaml.Node, what string, limit directory.Limit) directory.Limit {
	if m := meant(n); m.Kind == yaml.ScalarNode && m.ShortTag() == "!!int" {
		r.problem(n, fmt.Sprintf("write {count: %s}", shorten(m.Value)), "%s must be a mapping, not %s", what, describe(m))
		return limit
	}
	limit.Pos = r.pos(n)
	r.fields(n, what, []string{"count", "percent", "min_size"}, func(key string, _, v *yaml.Node) {
		pos := r.pos(v)
		switch key {
		case "count":
			at(&limit.Count, pos)(r.count(v, key, 0))
		case "percent":
			percent, ok := r.number(v, key, 0, 100)
			at(&limit.Percent, pos)(int(percent), ok)
		case "min_size":
			if size, ok := r.count(v, key, 0); ok {
				limit.MinSize = size
			}
		}
	})
	return limit
}

// count returns a number of people, groups or changes.
func (r *reader) count(n *yaml.Node, what string, least int64) (int, bool) {
	value, ok := r.number(n, what, least, math.MaxInt32)
	return int(value), ok
}

// protectPattern reads a pattern of addresses in the form that addresses are compared in.
func (r *reader) protectPattern(n *yaml.Node) (string, bool) {
	s, ok := r.text(n, "protect", maxName)
	return string(directory.Email(s).Key()), ok
}

func (r *reader) allows(n *yaml.Node) []directory.Allow {
	var allows []directory.Allow
	r.items(n, "allow", func(item *yaml.Node) {
		if allow, ok := r.allow(item); ok {
			allows = append(allows, allow)
		}
	})
	type subject struct {
		guard directory.GuardName
		cause directory.AllowCause
	}
	repeated(allows, func(a directory.Allow) subject { return subject{a.Guard, a.Cause} }, func(again, first directory.Allow) {
		r.repeated(again.Pos, first.Pos, "exception to %s for what is %s", again.Guard, again.Cause)
	})
	return allows
}

func (r *reader) allow(n *yaml.Node) (directory.Allow, bool) {
	allow := directory.Allow{Cause: directory.AllowDeclared, Pos: r.pos(n)}
	missing := map[string]bool{"guard": true, "count": true, "reason": true, "until": true}
	sound := true
	known := []string{"guard", "count", "reason", "until", "cause"}
	isMapping := r.fields(n, "exception", known, func(key string, _, v *yaml.Node) {
		delete(missing, key)
		ok := false
		switch key {
		case "guard":
			var guard string
			guard, ok = r.choice(v, "guard", append(limitNames(), string(directory.GuardProjectAccess))...)
			allow.Guard = directory.GuardName(guard)
		case "count":
			allow.Count, ok = r.count(v, "count", 0)
		case "reason":
			allow.Reason, ok = r.text(v, "reason", maxNote)
			if allow.Reason == directory.AllowReasonToCome {
				r.problem(v, "write why this is meant, for reviewers and auditors", "reason %q is that of the line to paste", allow.Reason)
				ok = false
			}
		case "until":
			allow.Until, ok = r.date(v, "until")
		case "cause":
			var cause string
			cause, ok = r.choice(v, "cause", string(directory.AllowDeclared), string(directory.AllowUnlisted))
			allow.Cause = directory.AllowCause(cause)
		}
		sound = sound && ok
	})
	for _, key := range known {
		if isMapping && missing[key] {
			sound = false
			r.problem(n, "", "exception has no %s", key)
		}
	}
	return allow, isMapping && sound
}
