package qtestsim

import (
	"net/http"
	"strconv"
	"strings"
)

// operation is an operation of the API: how it is called, up to which generation back it is there, and what it does.
type operation struct {
	name  string
	http  string
	path  string     // {} stands for an id
	until Generation // the oldest one that has it
	write bool       // it changes the state of the site
	open  bool       // without a token
	known bool       // set by route: there is something at the path
	run   func(*call) error
}

// operations is the table of the API. The names are those of the vendor's Swagger for users and in its manner elsewhere;
// a path without {} comes before one with it that it would match.
func operations() []operation {
	const get, post, put = http.MethodGet, http.MethodPost, http.MethodPut
	return []operation{
		{name: "oauth_token", http: post, path: "/oauth/token", until: Gen2018, open: true, run: (*call).oauthToken},
		{name: "oauth_status", http: get, path: "/oauth/status", until: Gen2018, run: (*call).oauthStatus},

		{name: "assign_users_to_project", http: post, path: "/api/v3/users/projects", until: Gen2018, write: true, run: (*call).assignUsersToProject},
		{name: "remove_users_from_projects", http: put, path: "/api/v3/users/projects", until: Gen2023, write: true, run: (*call).removeUsersFromProjects},
		{name: "find_by_user_name_or_email", http: get, path: "/api/v3/users/search", until: Gen2018, run: (*call).findByUserNameOrEmail},
		{name: "find_users_by_projects_name", http: get, path: "/api/v3/search/user", until: Gen2018, run: (*call).findUsersByProjectsName},
		{name: "create_user", http: post, path: "/api/v3/users", until: Gen2018, write: true, run: (*call).createUser},
		{name: "get_user_by_id", http: get, path: "/api/v3/users/{}", until: Gen2018, run: (*call).getUserByID},
		{name: "update_user", http: put, path: "/api/v3/users/{}", until: Gen2023, write: true, run: (*call).updateUser},
		{name: "get_avatar", http: get, path: "/api/v3/users/{}/avatar", until: Gen2018, run: (*call).getAvatar},
		{name: "assign_to_project", http: post, path: "/api/v3/users/{}/projects", until: Gen2018, write: true, run: (*call).assignToProject},
		{name: "get_project_users", http: get, path: "/api/v3/projects/{}/users", until: Gen2018, run: (*call).getProjectUsers},

		{name: "get_user_profiles", http: get, path: "/api/v3/user-profiles", until: Gen2018, run: (*call).getUserProfiles},
		{name: "get_current_profile", http: get, path: "/api/v3/user-profiles/current", until: Gen2018, run: (*call).getCurrentProfile},
		{name: "get_current_project_profile", http: get, path: "/api/v3/projects/{}/user-profiles/current", until: Gen2018, run: (*call).getCurrentProfile},
		{name: "get_current_admin_profile", http: get, path: "/api/v3/admin-profiles/current", until: Gen2018, run: (*call).getCurrentAdminProfile},
		{name: "assign_site_profile", http: post, path: "/api/v3/user-profiles/batch-assign-users", until: Gen2018, write: true, run: (*call).assignSiteProfile},
		{name: "assign_project_profile", http: post, path: "/api/v3/user-profiles/{}/batch-assign-users", until: Gen2018, write: true, run: (*call).assignProjectProfile},
		{name: "reevaluate_token", http: get, path: "/api/v3/re-evaluation", until: Gen2018, run: (*call).reevaluateToken},

		{name: "get_groups", http: get, path: "/api/v3/groups", until: Gen2023, run: (*call).getGroups},
		{name: "create_group", http: post, path: "/api/v3/groups", until: Gen2023, write: true, run: (*call).createGroup},

		{name: "get_auth_systems", http: get, path: "/api/v3/auth-systems", until: Gen2023, run: (*call).getAuthSystems},
		{name: "get_ldap_users", http: get, path: "/api/v3/auth-systems/ldap/{}/users", until: Gen2023, run: (*call).getLDAPUsers},
		{name: "import_ldap_users", http: post, path: "/api/v3/auth-systems/ldap/{}/import", until: Gen2023, write: true, run: (*call).importLDAPUsers},

		{name: "get_projects", http: get, path: "/api/v3/projects", until: Gen2018, run: (*call).getProjects},
		{name: "search_projects", http: post, path: "/api/v3/projects/search", until: Gen2018, run: (*call).searchProjects},
		{name: "get_project", http: get, path: "/api/v3/projects/{}", until: Gen2018, run: (*call).getProject},
		{name: "update_project", http: put, path: "/api/v3/projects/{}", until: Gen2018, write: true, run: (*call).updateProject},
	}
}

// Operations returns the names of all operations, which the request log and fault rules use.
func Operations() []string {
	var out []string
	for _, o := range operations() {
		out = append(out, o.name)
	}
	return out
}

// isAPI reports whether the path is one of the API, and not of the web interface.
func isAPI(path string) bool {
	return strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/oauth/")
}

// route finds the operation and the ids in the path. Without one, known tells whether the path has another method.
func route(method, path string) (operation, []int) {
	known := false
	for _, o := range operations() {
		args, ok := match(o.path, path)
		if !ok {
			continue
		}
		if o.http == method {
			return o, args
		}
		known = true
	}
	return operation{known: known}, nil
}

func match(pattern, path string) (args []int, ok bool) {
	for part := range strings.SplitSeq(pattern, "/") {
		var segment string
		segment, path, _ = strings.Cut(path, "/")
		if part != "{}" {
			if part != segment {
				return nil, false
			}
			continue
		}
		id, err := strconv.Atoi(segment)
		if err != nil || id < 0 {
			return nil, false
		}
		args = append(args, id)
	}
	return args, path == ""
}
