package testrail

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/instance"
)

// The checks, in the order in which one relies on the other. The first seven are needed to read; the last three are
// abilities, without which some actions become manual steps.
const (
	CheckHost                         = instance.CheckHost    // somebody answers
	CheckService                      = instance.CheckService // it is not too busy, down for maintenance, or failing
	CheckTestRail      instance.Check = "testrail"            // and it is a TestRail, 6.6 or later
	CheckAPI           instance.Check = "api"                 // its API is switched on
	CheckCredentials   instance.Check = "credentials"         // user and key are right
	CheckAdministrator instance.Check = "administrator"       // the account may read all users
	CheckRead          instance.Check = "read"                // users and groups are complete and agree
	CheckUserWrites    instance.Check = "user_writes"
	CheckGroups        instance.Check = "groups"
	CheckEnterprise    instance.Check = "enterprise"
)

// Diagnose reads the instance and returns what it found, in the order of the checks and up to the first that an error
// made fail. A missing ability does not end the list.
func (r *Reader) Diagnose(ctx context.Context) []instance.Finding {
	live, err := r.Read(ctx, directory.Extent{})
	if err != nil {
		return append(r.passed(Explain(err).Check), Explain(err))
	}
	findings := r.passed(CheckAdministrator)
	findings = append(findings, administrator(live, r.Caps()), instance.Finding{
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
		{Check: CheckTestRail, Text: fmt.Sprintf("%s is a TestRail.", r.URL())},
		{Check: CheckAPI, Text: "The API is switched on."},
		{Check: CheckCredentials, Text: "User and key are right."},
		{Check: CheckAdministrator, Text: "The account may read all users."},
	}
	return instance.Passed(all, failing)
}

// administrator looks at the caller's own item in the list: a short record of get_current_user proves nothing.
func administrator(live *directory.Live, caps plan.Caps) instance.Finding {
	for i := range live.Users {
		u := &live.Users[i]
		if u.ID != live.Self {
			continue
		}
		if caps.Reported[plan.FieldAdmin] && !u.Admin {
			return instance.Finding{
				Check: CheckAdministrator, Text: fmt.Sprintf("%s may read all users but is not an administrator.", u.Email),
				Hint: "use the key of an administrator: user writes are refused without that right",
			}
		}
		return instance.Finding{Check: CheckAdministrator, OK: true, Text: fmt.Sprintf("%s is an administrator.", u.Email)}
	}
	return instance.Finding{Check: CheckAdministrator, OK: true, Text: "The account may read all users."}
}

func abilities(caps plan.Caps) []instance.Finding {
	findings := []instance.Finding{
		{Check: CheckUserWrites, OK: true, Text: "Users can be created, changed, deactivated and reactivated."},
		{Check: CheckGroups, OK: true, Text: "Groups and their members can be read and written."},
	}
	if !caps.Kinds[plan.UpdateUser] {
		findings[0] = instance.Finding{
			Check: CheckUserWrites, Text: "This TestRail is too old to write users through its API: it takes 7.3.",
			Hint: "update TestRail, or carry out the manual steps of a plan under " + usersPage,
		}
	}
	if !caps.Kinds[plan.UpdateGroup] {
		findings[1] = instance.Finding{
			Check: CheckGroups, Text: "This TestRail is too old to read and write groups through its API: it takes 7.5.",
			Hint: "update TestRail, or carry out the manual steps of a plan under " + groupsPage,
		}
	}
	if caps.Reported[plan.FieldSSOEnabled] || caps.Reported[plan.FieldAssignedProjects] {
		findings = append(findings, instance.Finding{
			Check: CheckEnterprise, OK: true, Text: "Enterprise fields (sso_enabled, assigned_projects) are there.",
		})
	}
	return findings
}

// Explain returns the finding of an error that a Reader or Writer returned: the check that it fails, a sentence and a hint.
func Explain(err error) instance.Finding {
	var failed *httpx.Error
	if !errors.As(err, &failed) {
		return instance.Finding{
			Check: CheckRead, Err: err, Text: fmt.Sprintf("What TestRail reports is no consistent whole: %v.", err),
			Hint: "try again when nobody edits users and groups; if it stays, the list itself is at fault",
		}
	}
	if f, ok := instance.Explain(err); ok {
		return f
	}
	find := func(check instance.Check, text, hint string) instance.Finding {
		return instance.Failure(err, check, text, hint)
	}
	whoAmI := failed.Route == "get_current_user"
	switch failed.Kind {
	case httpx.Unreachable:
		return find(CheckHost, fmt.Sprintf("The host does not answer: %v.", failed.Err),
			"check TESTRAIL_URL for a typing error, the network, and whether a proxy is needed (HTTPS_PROXY)")
	case httpx.Redirected:
		return find(CheckTestRail, fmt.Sprintf("The host sends us elsewhere, %s, where the key is not taken.", failed.Text),
			"put the address under which TestRail itself is open in the browser into TESTRAIL_URL, https:// included")
	case httpx.Unauthorized:
		return find(CheckCredentials, "TestRail does not accept this user and key.",
			"TESTRAIL_USER is the e-mail address; create the key under My Settings > API Keys and press Save Settings there: a key that was not saved does not work")
	case httpx.RateLimited:
		if failed.Status == 0 { // nothing was sent
			return find(CheckService, fmt.Sprintf("TestRail wants to be left alone: %v.", failed.Err),
				"run again after that time, or wait longer with --max-wait; uploads of test results share the rate limit")
		}
		return find(CheckService, "TestRail's rate limit is used up and stays so.", "try again later, or with a lower --rate; uploads of test results share the limit")
	case httpx.Maintenance:
		return find(CheckService, "TestRail is down for maintenance.", "try again later")
	}
	text := strings.ToLower(failed.Text)
	switch {
	case strings.Contains(text, "api is disabled"), strings.Contains(text, "authentication is disabled for the api"):
		return find(CheckAPI, "The API is switched off.", "switch it on under Administration > Site Settings > API > Enable API")
	case whoAmI && unknownMethod(err) && strings.HasPrefix(text, "unknown method"):
		return find(CheckTestRail, "This TestRail is older than 6.6, which is too old to be read.", "update TestRail")
	case whoAmI && (failed.Kind == httpx.NotFound || failed.Kind == httpx.NotJSON || failed.Kind == httpx.Unreadable):
		return find(CheckTestRail, fmt.Sprintf("What answers at this URL is not a TestRail, or not its root: %v.", err),
			"TESTRAIL_URL is the part of the browser's address before index.php, sub-path included")
	case failed.Kind == httpx.Forbidden:
		return find(CheckAdministrator, fmt.Sprintf("The key works but its account lacks the right: %s.", failed.Text),
			"use the key of an administrator")
	case failed.Status == 0, failed.Status/100 == 5:
		return find(CheckService, fmt.Sprintf("TestRail fails: %v.", err), "try again; if it stays, look at the server's log")
	}
	return find(CheckRead, fmt.Sprintf("TestRail gives an answer that can't be used: %v.", err), "run with -v and look at the request")
}
