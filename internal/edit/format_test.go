package edit_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/edit"
)

// formatted is a text with its canonical form; want is "" for a text that is in it.
type formatted struct{ name, text, want string }

func formats() []formatted {
	return []formatted{
		{name: "a roster that is canonical", text: `# A header.
#
# Of two paragraphs.
version: 1
target: {kind: testrail, url: "https://acme.example"}
# timezone: Europe/Berlin

defaults:
  user: {role: Tester}
  group: {mode: exact}

leavers:
  - ben@acme.example                     # his seat is free today

# What nobody may do.
guards:
  protect: ["ci-*@acme.example"]
  max_removals: {count: 3}
  allow:                                 # reviewed
    - {guard: max_removals, count: 5, reason: "why: not", until: 2026-12-31}

users:
  # The first.
  - email: ana@acme.example              # joins
    name: Ana Ruiz
    # role: Lead
  # Between two people.

  - email: bo@acme.example
    name: 佐藤 花子
    until: 2027-01-31
    note: |
      Several lines.

        # not a comment
  # Below the last person.
  # - account 7

groups:
  - name: qa
    mode: at_least   # for now
    members: []
  - name: qb
    members:
      - ana@acme.example
      - bo@acme.example  # two
# At the end.
`, want: ""},
		{name: "keys in another order, with what stands at them", text: `# About the file.

# About the groups.
groups:
- members: [ a@x.example,b@x.example ]   # members
  # the name
  name: 'qa'
  mode: "exact"
users:
- {name: Ana, email: a@x.example}
-   name: "B"   # bee
    email: b@x.example
    # the end of b
# the end of the users

version: 1
`, want: `# About the file.

version: 1
users:
  - {email: a@x.example, name: Ana}
  - email: b@x.example
    name: B     # bee
    # the end of b
# the end of the users

# About the groups.
groups:
  # the name
  - name: qa
    mode: exact
    members: [a@x.example, b@x.example]  # members
`},
		{name: "names in parts, projects and signing on", text: `version: 1
defaults: {user: {auth: {system: "Acme SSO"}, projects: [{profile: Lead, project: Apollo}]}}
include:
- {domains: [x.example], profiles: [Lead], projects: ["pay-*"], files: team.yaml}
users:
- note: away
  auth: {external_name: "7", system: internal}   # by password
  projects:
  # the first
  - profile: Lead   # there
    project: "Apollo"
  - {profile: Tester, project: 'Checkout, [old]'}
  groups: []
  family_name: Ruiz
  given_name: Ana
  email: a@x.example
`, want: `version: 1
defaults: {user: {projects: [{project: Apollo, profile: Lead}], auth: {system: Acme SSO}}}
include:
  - {files: team.yaml, projects: ["pay-*"], profiles: [Lead], domains: [x.example]}
users:
  - email: a@x.example
    given_name: Ana
    family_name: Ruiz
    groups: []
    projects:
      # the first
      - project: Apollo
        profile: Lead  # there
      - {project: "Checkout, [old]", profile: Tester}
    auth: {system: internal, external_name: "7"}  # by password
    note: away
`},
		{name: "quotes, flags, days and empty lines", text: `


version: 1


users:

  - email: "a@x.example"
    name: 'O''Neil'
    admin: TRUE
    until: "2027-01-31"
    role: "yes"


  - email: 1st@x.example
    name: "R&D (ext)/x"
    note: "a: b"
    role: "tab\there"



`, want: `version: 1

users:
  - email: a@x.example
    name: O'Neil
    role: "yes"
    admin: true
    until: 2027-01-31

  - email: "1st@x.example"
    name: R&D (ext)/x
    role: "tab\there"
    note: "a: b"
`},
		{name: "lists over several lines", text: `version: 1
users: [{email: a@x.example}, {email: b@x.example,
  name: B}]
groups:
  - name: one
    members: [a@x.example,
      b@x.example,
    ]
  - name: two
    members: [ # who
      a@x.example, # ay
      # bee
      b@x.example # bee too
      # end
    ] # closed
  - name: three
    members: [
      # nobody
    ]
`, want: `version: 1
users:
  - {email: a@x.example}
  - {email: b@x.example, name: B}
groups:
  - name: one
    members: [a@x.example, b@x.example]
  - name: two
    members:  # who
      - a@x.example  # ay
      # bee
      - b@x.example  # bee too
      # end
    # closed
  - name: three
    # nobody
    members: []
`},
		{name: "brackets that are too long", text: `version: 1
users:
  - {email: somebody.with.a.long.name@department.acme.example, name: Somebody With A Long Name, role: Read-only, note: A remark of a length} # hi
groups:
  - {name: qa, members: [somebody.with.a.long.name@department.acme.example, somebody.else@department.acme.example, third.one@acme.example]}
`, want: `version: 1
users:
  # hi
  - email: somebody.with.a.long.name@department.acme.example
    name: Somebody With A Long Name
    role: Read-only
    note: A remark of a length
groups:
  - name: qa
    members: [somebody.with.a.long.name@department.acme.example, somebody.else@department.acme.example, third.one@acme.example]
`},
		{name: "comments in unusual places", text: `--- # start
version: # which
  1
users: # all
  # first
  -
    # ana
    email: a@x.example
  - # bo
    email: b@x.example
    name:
      # below
      Bo
    note: > # folded
      one
      two

      three
      #four
    # after
`, want: `# start
version: 1  # which
users:  # all
  # first
  # ana
  - email: a@x.example
  # bo
  - email: b@x.example
    # below
    name: Bo
    note: >  # folded
      one
      two

      three
      #four
    # after
`},
		{name: "texts of several lines", text: `version: 1
users:
    - email: a@x.example
      note: |2-
         one

        two
      name: >+
        text


    - email: b@x.example
      note: one
        two

        three
    - email: c@x.example
      note: "one
        two\n
        three"
`, want: `version: 1
users:
  - email: a@x.example
    name: >+
      text


    note: |2-
       one

      two
  - email: b@x.example
    note: "one two\nthree"
  - email: c@x.example
    note: "one two\n three"
`},
		{name: "anchors, aliases and tags", text: `version: !!int 1
users:
  - name: Ana
    email: &ana !!str a@x.example
    groups: &both [qa, qb]
  - {email: b@x.example, groups: *both}
groups:
  - name: qa
    members: &list
    - *ana
  - name: qb
    members: *list
`, want: `version: !!int 1
users:
  - name: Ana
    email: &ana a@x.example
    groups: &both [qa, qb]
  - {email: b@x.example, groups: *both}
groups:
  - name: qa
    members: &list
      - *ana
  - name: qb
    members: *list
`},
		{name: "windows line ends", text: "version: 1\r\nusers:\r\n- email: a@x.example # one\r\n\r\n\r\n# two\r\n", want: "version: 1\r\nusers:\r\n  - email: a@x.example  # one\r\n\r\n# two\r\n"},
		{name: "a byte order mark and no end of the last line", text: "\ufeffversion: 1\nusers: []", want: "version: 1\nusers: []\n"},
		{name: "unknown keys behind the others", text: "zebra: 1\nversion: 1\nant: 2\n", want: "version: 1\nzebra: 1\nant: 2\n"},
		{name: "a whole file in braces", text: "{users: [{email: a@x.example}], version: 1} # all\n", want: "version: 1\nusers:\n  - {email: a@x.example}\n# all\n"},
		{name: "keys without a value", text: "users:\nversion:   # one\n\ngroups: {a: , b: }\n", want: "version:   # one\nusers:\n\ngroups:\n  a:\n  b:\n"},
		{name: "nothing but a comment", text: "  # nothing\n\n\n", want: ""},
		{name: "a text of several lines that ends with the file", text: "version: 1\nusers:\n- email: a@x.example\n  note: |\n    one\n    two", want: "version: 1\nusers:\n  - email: a@x.example\n    note: |-\n      one\n      two\n"},
		{name: "remarks in brackets that become lines", text: "users:\n  - {name: A, groups: [qa,            # one\n      qb]}                                # two\n", want: "users:\n  # two\n  - name: A\n    groups:\n      - qa  # one\n      - qb\n"},
		{name: "remarks that go on below", text: `users:        # all
              # of them
- email: a@x.example         # away
                             # until May
  groups:
  - qa        # lead
              # and more
    # of the list
- {email: b@x.example, # two
                       # lines
   name: B}
- name: C
  # not the end of a remark
`, want: `users:        # all
              # of them
  - email: a@x.example       # away
                             # until May
    groups:
      - qa    # lead
              # and more
      # of the list
  - email: b@x.example  # two
                        # lines
    name: B
  - name: C
    # not the end of a remark
`},
		{name: "the marks of a document", text: "# one\n---\n# two\nversion: 1\nusers: []  # all\n... # end\n# after\n", want: "# one\n# two\nversion: 1\nusers: []  # all\n# end\n# after\n"},
		{name: "a merge key", text: "version: 1\nusers:\n  - &a {email: a@x.example}\n  - <<: *a\n    name: B\n", want: ""},
	}
}

func TestFormat(t *testing.T) {
	for _, tt := range formats() {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want == "" {
				want = tt.text
			}
			got, err := edit.Format("users.yaml", tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("canonical form (-want +got):\n%s", diff)
			}
			again, err := edit.Format("users.yaml", got)
			if err != nil || again != got {
				t.Errorf("formatted once more, %v (-once +twice):\n%s", err, cmp.Diff(got, again))
			}
		})
	}
}

// The examples are written as fmt writes them.
func TestFormat_examplesAreCanonical(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../../examples/*/users.yaml", "../../examples/*/teams/*/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("nothing at %s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := edit.Format(file, string(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(text), got); diff != "" {
			t.Errorf("%s (-is +canonical):\n%s", file, diff)
		}
	}
}
