package spec

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// rootKeys are the keys that stand in the root file alone.
func rootKeys() []string {
	return []string{"version", "target", "timezone", "defaults", "unlisted", "leavers", "guards", "seats", "include"}
}

// readRoot reads the root file.
func (l *loader) readRoot(text string) {
	r := l.reader(l.folder.name)
	versioned := false
	sections := l.readSections(r, text, append(rootKeys(), "users", "groups"))
	l.chooseTool(r, sections)
	for _, s := range l.readEntries(r, nil, sections) {
		switch s.name {
		case "version":
			versioned = true
			r.version(s.value)
		case "timezone":
			l.want.Timezone = r.timezone(s.value, l.want.Timezone)
		case "defaults":
			l.defaults = r.defaults(s.value)
		case "unlisted":
			l.want.Unlisted = r.unlisted(s.value, l.want.Unlisted)
		case "leavers":
			l.leavers = r.leavers(s.value)
		case "guards":
			r.guards(s.value, &l.want.Guards)
		case "seats":
			l.want.Seats = r.seats(s.value)
		case "include":
			r.items(s.value, "include", func(item *yaml.Node) { l.include(r, item) })
		}
	}
	if !versioned && !l.unreadable {
		l.problems.add(directory.Pos{File: r.file, Line: 1, Column: 1}, "begin the file with version: 1", "version is missing")
	}
}

func (r *reader) version(n *yaml.Node) {
	if version, ok := r.number(n, "version", 0, 1<<31); ok && version != 1 {
		r.problem(n, "this rollcall reads version 1", "version %d is not known", version)
	}
}

func (r *reader) target(n *yaml.Node) directory.TargetAssertion {
	var target directory.TargetAssertion
	r.fields(n, "target", []string{"kind", "url"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "kind":
			target.Kind.Pos = r.pos(v) // even if it is wrong: see chooseTool
			at(&target.Kind, r.pos(v))(r.choice(v, "kind", kindsOf(r.tools)...))
		case "url":
			at(&target.URL, r.pos(v))(r.url(v))
		}
	})
	return target
}

// url reads the address of a target. It is only compared with the one in the environment; a secret has no place in it.
func (r *reader) url(n *yaml.Node) (string, bool) {
	s, ok := r.text(n, "url", 2000)
	if !ok {
		return "", false
	}
	why := ""
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		why = "is not an address of the form https://host"
	case u.User != nil:
		// Not shown: what stands there may be a password.
		r.problem(n, "credentials come from the environment", "url holds a user name or a password")
		return "", false
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		why = "has a query or a fragment"
	default:
		return s, true
	}
	r.problem(n, "", "url %s %s", quote(s), why)
	return "", false
}

// timezone checks the name of a time zone. The names come from the machine's database or the one inside the program.
func (r *reader) timezone(n *yaml.Node, otherwise string) string {
	s, ok := r.text(n, "timezone", maxName)
	if !ok {
		return otherwise
	}
	// "Local" would make a plan depend on the machine.
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		text := fmt.Sprintf("timezone %s is not known", quote(s))
		if near, ok := nearZone(s); ok {
			text += fmt.Sprintf(", did you mean %q?", near)
		}
		r.problem(n, "use a name such as Europe/Berlin or UTC", "%s", text)
		return otherwise
	}
	return s
}

func (r *reader) unlisted(n *yaml.Node, unlisted directory.Unlisted) directory.Unlisted {
	unlisted.Pos = r.pos(n)
	policy := func(v *yaml.Node, what string, strongest directory.UnlistedPolicy, policy *directory.UnlistedPolicy) {
		if s, ok := r.choice(v, what, string(directory.PolicyIgnore), string(directory.PolicyReport), string(strongest)); ok {
			*policy = directory.UnlistedPolicy(s)
		}
	}
	r.fields(n, "unlisted", []string{"users", "groups"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "users":
			policy(v, "unlisted users", directory.PolicyDeactivate, &unlisted.Users)
		case "groups":
			policy(v, "unlisted groups", directory.PolicyDelete, &unlisted.Groups)
		}
	})
	return unlisted
}

func (r *reader) seats(n *yaml.Node) directory.Seats {
	var seats directory.Seats
	limited := false
	ok := r.fields(n, "seats", []string{"limit", "reserve"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "limit":
			limited = true
			at(&seats.Limit, r.pos(v))(r.count(v, "limit", 1))
		case "reserve":
			at(&seats.Reserve, r.pos(v))(r.count(v, "reserve", 0))
		}
	})
	switch {
	case !ok:
	case !limited:
		r.problem(n, "", "seats have no limit")
	case seats.Limit.Set && seats.Reserve.Value > seats.Limit.Value:
		r.problems.add(seats.Reserve.Pos, "", fmt.Sprintf("reserve %d is more than the limit %d", seats.Reserve.Value, seats.Limit.Value))
	}
	return seats
}

// defaults are what people and groups have whose own entry says nothing. They hold for included files as well: what
// stands here is the root file's choice, not the included file's.
type defaults struct {
	user  directory.WantUser
	group directory.WantGroup
}

// defaults reads the defaults. What names one person or group can't be shared; a group is joined where it can be seen,
// on the user or the group; and nobody becomes an administrator by saying nothing.
func (r *reader) defaults(n *yaml.Node) defaults {
	var d defaults
	r.fields(n, "defaults", []string{"user", "group"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "user":
			r.defaultUser(v, &d.user)
		case "group":
			r.fields(v, "defaults of a group", []string{"mode"}, func(_ string, _, v *yaml.Node) {
				byDefault(&d.group.Mode, r.pos(v))(r.mode(v))
			})
		}
	})
	return d
}

func (r *reader) defaultUser(n *yaml.Node, u *directory.WantUser) {
	known := []string{"role", "active", "admin", "projects", "email_notifications", "mfa_required", "sso_enabled", "auth"}
	r.fields(n, "defaults of a user", known, func(key string, k, v *yaml.Node) {
		r.held(key, k)
		pos := r.pos(v)
		switch key {
		case "role":
			byDefault(&u.Role, pos)(r.name(v, "role"))
		case "active":
			byDefault(&u.Active, pos)(r.flag(v, "active"))
		case "admin":
			admin, ok := r.flag(v, "admin")
			if admin {
				r.problem(v, "write admin: true on each administrator", "defaults would make everybody an administrator")
			}
			byDefault(&u.Admin, pos)(admin, ok)
		case "email_notifications":
			byDefault(&u.EmailNotifications, pos)(r.flag(v, "email_notifications"))
		case "mfa_required":
			byDefault(&u.MFARequired, pos)(r.flag(v, "mfa_required"))
		case "sso_enabled":
			byDefault(&u.SSOEnabled, pos)(r.flag(v, "sso_enabled"))
		case "projects":
			byDefault(&u.Projects, pos)((&entryReader{reader: r}).memberships(v))
		case "auth": // an external name is one person's own
			r.auth(v, u, "system")
			u.SignOn.FromDefault = u.SignOn.Set
		}
	})
}

// byDefault is at for a value that stands in the defaults.
func byDefault[T any](key *directory.Key[T], pos directory.Pos) func(value T, ok bool) {
	return func(value T, ok bool) {
		if ok {
			*key = directory.Key[T]{Value: value, Set: true, FromDefault: true, Pos: pos}
		}
	}
}

// applyDefaults gives every entry what it doesn't say itself.
func (l *loader) applyDefaults() {
	user, group := &l.defaults.user, &l.defaults.group
	for i := range l.want.Users {
		u := &l.want.Users[i]
		otherwise(&u.Role, user.Role)
		otherwise(&u.Active, user.Active)
		otherwise(&u.Admin, user.Admin)
		otherwise(&u.EmailNotifications, user.EmailNotifications)
		otherwise(&u.MFARequired, user.MFARequired)
		otherwise(&u.SSOEnabled, user.SSOEnabled)
		otherwise(&u.Projects, user.Projects)
		otherwise(&u.SignOn, user.SignOn)
	}
	for i := range l.want.Groups {
		otherwise(&l.want.Groups[i].Mode, group.Mode)
	}
}

func otherwise[T any](key *directory.Key[T], byDefault directory.Key[T]) {
	if !key.Set {
		*key = byDefault
	}
}
