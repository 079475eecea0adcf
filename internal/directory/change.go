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
}
