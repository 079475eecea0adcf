package qtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/instance"
	"rollcall/internal/provider/lenient"
)

// The checks, in the order in which one relies on the other. The first eight are needed to read; the last three are
// abilities, without which some actions become manual steps.
const (
	CheckHost                         = instance.CheckHost    // somebody answers
	CheckService                      = instance.CheckService // it is not too busy, down for maintenance, or failing
	CheckQTest         instance.Check = "qtest"               // and it is a qTest Manager
	CheckAPI           instance.Check = "api"                 // its edition has the API
	CheckCredentials   instance.Check = "credentials"         // the token is right, or user and password are
	CheckToken         instance.Check = "token"               // the token lasts
	CheckAdministrator instance.Check = "administrator"       // the account has the rights over users and groups
	CheckRead          instance.Check = "read"                // users and groups are complete and agree
	CheckUserWrites    instance.Check = "user_writes"
	CheckGroups        instance.Check = "groups"
	CheckProjects      instance.Check = "projects"
)

// Diagnose asks the instance and returns what it found, in the order of the checks and up to the first that an error made
// fail. A missing ability does not end the list.
func (r *Reader) Diagnose(ctx context.Context) []instance.Finding {
	if _, err := r.CurrentUser(ctx); err != nil {
		return append(r.passed(Explain(err).Check), Explain(err))
	}
	findings := r.passed(CheckToken)
	left, ends, err := r.TokenStatus(ctx)
	if err != nil && !isAbsent(err) {
		return append(findings, Explain(err))
	}
	findings = append(findings, r.token(left, ends))
	rights, err := r.rights(ctx)
	if err != nil {
		return append(findings, Explain(err))
	}
	live, err := r.Read(ctx, directory.Extent{})
	if err != nil {
		failure := Explain(err)
		if failure.Check == CheckAdministrator && !rights.OK { // said already, and better
			rights.Err = err
			return append(findings, rights)
		}
		return append(findings, rights, failure)
	}
	findings = append(findings, rights, instance.Finding{
		Check: CheckRead, OK: true,
		Text: fmt.Sprintf("Users (%d) and groups (%d) were read completely and agree.", len(live.Users), len(live.Groups)),
	})
	return append(findings, abilities(r.Caps())...)
}

// passed returns the findings of the checks before the given one.
func (r *Reader) passed(failing instance.Check) []instance.Finding {
	all := []instance.Finding{
		{Check: CheckHost, Text: fmt.Sprintf("%s answers.", r.base.Host)},
		{Check: CheckService, Text: "It is neither down nor too busy."},
		{Check: CheckQTest, Text: fmt.Sprintf("%s is a qTest Manager.", r.URL())},
		{Check: CheckAPI, Text: "Its edition has the API."},
		{Check: CheckCredentials, Text: "The token is right."},
	}
	if r.login.can {
		all[4].Text = "User and password are right."
	}
	return instance.Passed(all, failing)
}

// shortLife is how long a token that can't be renewed has to last at least.
const shortLife = 10 * time.Minute

func (r *Reader) token(left time.Duration, ends bool) instance.Finding {
	switch {
	case !ends:
		return instance.Finding{Check: CheckToken, OK: true, Text: "The token has no end that is known."}
	case r.login.can:
		return instance.Finding{Check: CheckToken, OK: true, Text: fmt.Sprintf("The token is good for %s, and is renewed then.", left.Round(time.Second))}
	case left < shortLife:
		return instance.Finding{
			Check: CheckToken, Text: fmt.Sprintf("The token ends in %s, which may be in the middle of a run.", left.Round(time.Second)),
			Hint: "put a fresh one into QTEST_TOKEN, or set QTEST_USER and QTEST_PASSWORD",
		}
	}
	return instance.Finding{Check: CheckToken, OK: true, Text: fmt.Sprintf("The token is good for %s.", left.Round(time.Second))}
}

// profile is an AdminProfile: the rights of who asks (DOC).
type profile struct {
	Users    lenient.Flag `json:"manage_client_user"`
	Groups   lenient.Flag `json:"manage_user_group"`
	Projects lenient.Flag `json:"list_project"`
	Profiles lenient.Flag `json:"view_user_profile"`
}

// rights looks at what the account may do over the whole site.
//
// GET /api/v3/admin-profiles/current (DOC: User Profile API).
func (r *Reader) rights(ctx context.Context) (instance.Finding, error) {
	var may profile
	err := r.get(ctx, "admin-profiles/current", "", decodeObject(&may))
	if isAbsent(err) {
		return instance.Finding{Check: CheckAdministrator, OK: true, Text: "The instance does not tell the rights of the account."}, nil
	}
	if err != nil {
		return instance.Finding{}, err
	}
	var lacks []string
	for _, right := range []struct {
		name string
		has  lenient.Flag
	}{
		{"Manage Client Users", may.Users}, {"Manage User Groups", may.Groups},
		{"List Project", may.Projects}, {"View User Profiles", may.Profiles},
	} {
		if !right.has.Value {
			lacks = append(lacks, right.name)
		}
	}
	if len(lacks) > 0 {
		return instance.Finding{
			Check: CheckAdministrator, Text: fmt.Sprintf("The account lacks rights: %s.", strings.Join(lacks, ", ")),
			Hint: "put it into the group " + administrators + ", or into one with these rights, under " + groupsPage,
		}, nil
	}
	return instance.Finding{Check: CheckAdministrator, OK: true, Text: "The account may manage users and groups and see all projects and profiles."}, nil
}

func abilities(caps plan.Caps) []instance.Finding {
	findings := []instance.Finding{
		{Check: CheckUserWrites, OK: true, Text: "Users can be created, changed, deactivated and reactivated; a login address can't be changed."},
		{Check: CheckGroups, OK: true, Text: "Groups can be read and created and their members written; they can't be renamed or deleted."},
		{Check: CheckProjects, OK: true, Text: "People can be put into projects and taken out; who has which profile there is not told."},
	}
	old := func(what, page string) (string, string) {
		return "This qTest is too old " + what + " through its API: it takes one of 2023.", "update qTest, or carry out the manual steps of a plan under " + page
	}
	if !caps.Kinds[plan.UpdateUser] {
		findings[0].OK = false
		findings[0].Text, findings[0].Hint = old("to change users", usersPage)
	}
	if !caps.Kinds[plan.UpdateGroup] {
		findings[1].OK = false
		findings[1].Text, findings[1].Hint = old("to read and write groups", groupsPage)
	}
	if !caps.Kinds[plan.RemoveFromProject] {
		findings[2].OK = false
		findings[2].Text, findings[2].Hint = old("to take people out of projects", projectsPage)
	}
	return findings
}

// Explain returns the finding of an error that a Reader or Writer returned: the check that it fails, a sentence and a hint.
func Explain(err error) instance.Finding {
	var failed *httpx.Error
	if !errors.As(err, &failed) {
		return explainOther(err)
	}
	if f, ok := instance.Explain(err); ok {
		return f
	}
	find := func(check instance.Check, text, hint string) instance.Finding {
		return instance.Failure(err, check, text, hint)
	}
	first := failed.Route == "re-evaluation" || failed.Route == tokenRoute
	switch failed.Kind {
	case httpx.Unreachable:
		return find(CheckHost, fmt.Sprintf("The host does not answer: %v.", failed.Err),
			"check QTEST_URL for a typing error, the network, and whether a proxy is needed (HTTPS_PROXY)")
	case httpx.Redirected:
		return find(CheckQTest, fmt.Sprintf("The host sends us elsewhere, %s, where the token is not taken.", failed.Text),
			"put the address under which qTest itself is open in the browser into QTEST_URL, https:// included")
	case httpx.Unauthorized:
		if failed.Route == tokenRoute {
			return find(CheckCredentials, "qTest does not accept this user and password.",
				"QTEST_USER is the login e-mail; who signs on by SSO has no password here: take QTEST_TOKEN from Download qTest Resources > API & SDK")
		}
		return find(CheckCredentials, "qTest does not accept this token.",
			"copy it again from Download qTest Resources > API & SDK: it ends when somebody revokes it, ends the session or resets the password")
	case httpx.RateLimited:
		return explainLimit(failed, find)
	case httpx.Maintenance:
		return find(CheckService, "qTest is down for maintenance.", "try again later")
	}
	switch {
	case failed.Status == 402 && first:
		return find(CheckAPI, "The edition of this qTest has no API.", "the API is part of the editions Premium and Elite: ask Tricentis")
	case first && (failed.Kind == httpx.NotFound || failed.Kind == httpx.NotJSON || failed.Kind == httpx.Unreadable):
		return find(CheckQTest, fmt.Sprintf("What answers at this URL is not a qTest Manager, or not its root: %v.", err),
			"QTEST_URL is the browser's address up to the host, as in https://SITE.qtestnet.com")
	case failed.Kind == httpx.Forbidden && strings.Contains(strings.ToLower(failed.Text), "assigned to project"):
		return find(CheckAdministrator, fmt.Sprintf("The account that asks is not in the project: %s.", failed.Text),
			"put it into the project under "+projectsPage+": this instance lets nobody else change who is in it")
	case failed.Kind == httpx.Forbidden:
		return find(CheckAdministrator, fmt.Sprintf("The token works but its account lacks the right: %s.", failed.Text),
			"put the account into the group "+administrators+", or into one that may manage users and user groups")
	case failed.Status == 0, failed.Status/100 == 5:
		return find(CheckService, fmt.Sprintf("qTest fails: %v.", err), "try again; if it stays, look at the server's log")
	}
	return find(CheckRead, fmt.Sprintf("qTest gives an answer that can't be used: %v.", err), "run with -v and look at the request")
}

func explainLimit(failed *httpx.Error, find func(instance.Check, string, string) instance.Finding) instance.Finding {
	switch {
	case failed.Spent != "":
		return find(CheckService, fmt.Sprintf("The requests of this %s are used up.", failed.Spent),
			fmt.Sprintf("there is no sense in waiting for a run: the limit is the site's, for everything that uses its API, and comes back with the next %s", failed.Spent))
	case failed.Status == 0: // nothing was sent
		return find(CheckService, fmt.Sprintf("qTest wants to be left alone: %v.", failed.Err),
			"run again after that time, or wait longer with --max-wait; everything that uses the API shares the rate limit")
	}
	return find(CheckService, "qTest's rate limit is used up and stays so.",
		"try again later, or with a lower --rate; everything that uses the API shares the limit")
}

// explainOther explains an error that is not about a request.
func explainOther(err error) instance.Finding {
	f := instance.Finding{
		Check: CheckRead, Err: err, Text: fmt.Sprintf("What qTest reports is no consistent whole: %v.", err),
		Hint: "try again when nobody edits users and groups; if it stays, the list itself is at fault",
	}
	var whole *instance.InconsistentError
	var answer *instance.AnswerError
	var unsent *UnsentError
	switch {
	case errors.As(err, &whole) && whole.Hint != "":
		f.Hint = whole.Hint
	case errors.As(err, &answer):
		f.Text, f.Hint = fmt.Sprintf("qTest did something else than it was told: %v.", err), "look at it under "+usersPage
	case errors.As(err, &unsent):
		f.Text, f.Hint = fmt.Sprintf("The API can't say what was wanted: %v.", err), "do it under "+usersPage
	}
	return f
}
