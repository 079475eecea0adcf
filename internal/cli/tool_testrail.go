package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"rollcall/internal/provider/testrail"
	"rollcall/internal/render"
	"rollcall/internal/sim/testrailsim"
)

func testrailTool() tool {
	return tool{
		kind:   "testrail",
		name:   "TestRail",
		prefix: "TESTRAIL",
		logins: []login{{user: "USER", secret: "API_KEY", noun: "API key"}},
		lacks: map[string]string{
			"given_name":  "write name: it has one name for a person",
			"family_name": "write name: it has one name for a person",
			"auth":        "sso_enabled says that a person signs on elsewhere",
			"projects":    "groups and roles give access to projects; assigned_projects are those that a person administers",
		},
		parseURL: testrail.ParseURL,
		reader: func(a access) (remote, error) {
			r, err := testrail.NewReader(testrailConfig(a))
			return r, err
		},
		writer: func(a access) (writer, error) {
			w, err := testrail.NewWriter(testrailConfig(a))
			return w, err
		},
		diagnose: diagnoseTestRail,
		advise:   func(err error) string { return testrail.Explain(err).Hint },
		simulation: simulation{
			snapshots: testrailsim.SnapshotKind,
			options:   testrailsim.Options(),
			scratch:   func() switches { return new(testrailsim.Switches) },
			generate: func(seed uint64, size companySize) world {
				return &testrailWorld{testrailsim.Generate(seed, testrailsim.GenOptions{Users: size.users, Groups: size.groups, Projects: size.projects})}
			},
			load: func(r io.Reader) (world, error) {
				s, err := testrailsim.Load(r)
				return &testrailWorld{s}, err
			},
		},
	}
}

func testrailConfig(a access) testrail.Config {
	return testrail.Config{URL: a.url, User: a.user, Key: a.key, Pace: a.pace, HTTP: a.client(), OnRead: a.onRead}
}

func diagnoseTestRail(ctx context.Context, a access) ([]finding, error) {
	r, err := testrail.NewReader(testrailConfig(a))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var found []finding
	for _, f := range r.Diagnose(ctx) {
		if !f.OK && f.Err == nil && f.Check == testrail.CheckAdministrator {
			f.Err = errNotAdministrator
		}
		found = append(found, finding{Finding: render.Finding{OK: f.OK, Text: f.Text, Hint: f.Hint}, Check: string(f.Check), err: f.Err})
	}
	return found, nil
}

// testrailWorld is a state of the simulator of TestRail.
type testrailWorld struct{ testrailsim.Snapshot }

func (w *testrailWorld) switches() switches { return &w.Switches }

func (w *testrailWorld) url() string { return w.URL }

func (w *testrailWorld) about() string {
	active := 0
	for i := range w.Users {
		if w.Users[i].IsActive {
			active++
		}
	}
	return fmt.Sprintf("TestRail %s, %s: %s (%d active), %s, %s", w.Switches.Get("version"), w.Switches.Get("edition"),
		count(len(w.Users), "account", "accounts"), active, count(len(w.Groups), "group", "groups"), count(len(w.Projects), "project", "projects"))
}

// admin returns the credentials of the default administrator, or of the first active one.
func (w *testrailWorld) admin() (user, key string, ok bool) {
	admins := slices.DeleteFunc(slices.Clone(w.Users), func(u testrailsim.User) bool { return !u.IsActive || !u.IsAdmin })
	if len(admins) == 0 {
		return "", "", false
	}
	admin := admins[0]
	if i := slices.IndexFunc(admins, func(u testrailsim.User) bool { return u.Email == testrailsim.DefaultAdmin }); i >= 0 {
		admin = admins[i]
	}
	if admin.APIKey == "" {
		return admin.Email, testrailsim.DefaultKey, true
	}
	return admin.Email, admin.APIKey, true
}

func (w *testrailWorld) serve(log io.Writer) (service, error) {
	server, err := testrailsim.New(w.Snapshot)
	if err != nil {
		return nil, err
	}
	server.Log = log
	return server, nil
}
