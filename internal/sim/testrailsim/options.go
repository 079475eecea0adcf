package testrailsim

import (
	"strings"

	"rollcall/internal/sim/fault"
	"rollcall/internal/sim/setting"
)

// Option describes one switch to a command line.
type Option = setting.Option

// Options lists all switches in the order in which they are documented.
func Options() []Option {
	var s Switches
	return s.table().Options()
}

// Set sets the named switch from text. It returns an error for an unknown name or value and leaves s as it was then.
// "fault" adds rules (several are separated by commas); the value "none" removes all of them.
func (s *Switches) Set(name, value string) error { return s.table().Set(name, value) }

// Get returns the named switch as text, in the form that Set takes; "" for an unknown name.
func (s *Switches) Get(name string) string { return s.table().Get(name) }

// MarshalJSON writes the switches that are not at their default, by name.
func (s Switches) MarshalJSON() ([]byte, error) { return s.table().JSON(), nil }

// UnmarshalJSON sets the switches named in the object; the others get their default.
func (s *Switches) UnmarshalJSON(data []byte) error {
	var fresh Switches
	if err := fresh.table().SetJSON(data); err != nil {
		return err
	}
	*s = fresh
	return nil
}

// table is the one table behind flags, snapshots and help. The order is that of Switches' documentation.
func (s *Switches) table() setting.Table {
	return setting.Table{
		setting.Choice(&s.Version, "version", "TestRail version to imitate", "cloud-2026", "9.3.1", "8.0", "7.5", "7.3", "7.0", "6.6"),
		setting.Choice(&s.Edition, "edition", "licence of the instance", "professional", "enterprise"),
		setting.Choice(&s.UserList, "user-list", "shape of get_users", "version", "envelope", "array"),
		setting.Choice(&s.OtherLists, "other-lists", "shape of get_groups, get_roles and get_projects", "version", "envelope", "array"),
		setting.Choice(&s.UserOrder, "user-order", "order of get_users", "id", "name", "id-descending"),
		setting.Toggle(&s.ShortCurrentUser, "current-user", "record of get_current_user", "full", "short"),
		setting.Toggle(&s.MFABool, "mfa-required", "encoding of mfa_required", "int", "bool"),
		setting.Toggle(&s.RoleIDString, "role-id", "encoding of role_id", "int", "string"),
		setting.Toggle(&s.NoProjectAdminField, "is-project-admin", "field of get_roles on professional", "present", "absent"),
		setting.Toggle(&s.PlainJSON, "json", "escaping of JSON text", "php", "plain"),
		setting.Toggle(&s.GroupIDInBodyOptional, "group-id-in-body", "update_group needs group_id in its body", "yes", "no"),
		setting.Toggle(&s.UserIDInBodyNeeded, "user-id-in-body", "update_user needs user_id in its body", "no", "yes"),
		setting.Toggle(&s.AddUserActive, "add-user-active", "add_user without is_active", "false", "true"),
		setting.Toggle(&s.MergeGroupIDs, "user-group-ids", "group_ids of update_user", "replace", "merge"),
		setting.Toggle(&s.EmailCaseSensitive, "duplicate-email", "addresses that count as duplicates", "case-insensitive", "case-sensitive"),
		setting.Toggle(&s.TakenEmailAllowed, "taken-email", "add_user with the address of another account", "400", "allow"),
		setting.Toggle(&s.UniqueGroupNames, "duplicate-group-name", "a second group of a name", "allow", "400"),
		setting.Choice(&s.InactiveMember, "inactive-member", "an inactive account in a group", "allow", "drop", "400", "400-new"),
		setting.Toggle(&s.OwnRecordOnly, "read-others", "get_user of others by a non-administrator", "allow", "403"),
		setting.Toggle(&s.RefuseUnknownFields, "unknown-field", "an unknown field in a body", "ignore", "400"),
		setting.Toggle(&s.UnknownMethod400, "unknown-method", "answer to an unknown method", "404", "400"),
		setting.Toggle(&s.ReplaceProjectAccess, "project-access", "users and groups of update_project", "merge", "replace"),
		setting.Number(&s.SeatLimit, "seat-limit", "most active accounts", "none"),
		setting.Toggle(&s.SeatForbidden, "seat-status", "answer at the seat limit", "400", "403"),
		setting.Choice(&s.Authentication, "authentication", "credentials that count", "both", "keys-only", "api-disabled", "session-only"),
		setting.Toggle(&s.LenientType, "content-type", "Content-Type on GET", "required", "lenient"),
		setting.Toggle(&s.UserAgentNeeded, "user-agent", "a request without User-Agent", "fine", "500"),
		setting.Number(&s.RateLimit, "rate-limit", "requests a minute before 429", "off"),
		setting.Toggle(&s.RateHeaderless, "rate-header", "Retry-After on 429", "yes", "no"),
		window(&s.Maintenance, "maintenance", "409 always, for DURATION from the first request, or after START for DURATION"),
		setting.Toggle(&s.MaintenanceAfter, "maintenance-header", "Retry-After on 409", "no", "yes"),
		setting.Duration(&s.Latency, "latency", "wait before each answer"),
		setting.Faults(&s.Faults, FaultKinds(), "fault", "fault to inject, KIND[:ARG][@WHERE]; WHERE is N, N-M, N+, METHOD or METHOD#N"),
	}
}

// window is a switch with a span of time that begins at the first request or later.
func window(p *Window, name, usage string) setting.Binding {
	return setting.Binding{
		Option: setting.Option{Name: name, Usage: usage, Values: []string{"off", "on", "DURATION", "START+DURATION"}},
		Get: func() string {
			switch {
			case p.Always:
				return "on"
			case p.For == 0:
				return "off"
			case p.Start == 0:
				return p.For.String()
			}
			return p.Start.String() + "+" + p.For.String()
		},
		Set: func(v string) error {
			switch v {
			case "off":
				*p = Window{}
				return nil
			case "on":
				*p = Window{Always: true}
				return nil
			}
			start, length, both := strings.Cut(v, "+")
			if !both {
				start, length = "0s", v
			}
			from, err := fault.Duration(start)
			if err != nil {
				return err
			}
			span, err := fault.Duration(length)
			if err != nil {
				return err
			}
			*p = Window{Start: from, For: span}
			return nil
		},
	}
}
