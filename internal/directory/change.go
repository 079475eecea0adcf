package directory

// UserChange is what one write says about an account. A nil pointer is a field that is not sent.
type UserChange struct {
	Email              *Email
	Name               *string
	Active             *bool
	RoleID             *RoleID
	Admin              *bool
	EmailNotifications *bool
	MFARequired        *bool
	SSOEnabled         *bool
	AssignedProjects   *[]ProjectID

	GivenName    *string
	FamilyName   *string
	SignOn       *SignOnID
	ExternalName *string
	// Groups is the full set of the account's groups, for tools that write it on the user. The group that stands for Admin
	// is not in it.
	Groups *[]GroupID
}
