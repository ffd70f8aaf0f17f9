/** The mails partners get: what they are called on our screens, and when they go out. Names are those of reference portal 3.7, or ours where it has none. */
export const partnerMails = [
  { systemName: 'signup_notification_email', title: 'Confirm your e-mail', when: 'Somebody has signed up; holds the link that activates the account.' },
  { systemName: 'signup_already_registered', title: 'You have an account already', when: 'Somebody signed up with an address that is known.' },
  { systemName: 'account_confirmed', title: 'Account waits for approval', when: 'The address is confirmed, and new accounts need your approval.' },
  { systemName: 'account_approved', title: 'Account approved', when: 'You have approved an account.' },
  { systemName: 'account_rejected', title: 'Account not approved', when: 'You have rejected an account; tells your reason.' },
  { systemName: 'invitation', title: 'Invitation of a colleague', when: 'A partner has invited a colleague.' },
  { systemName: 'lost_password_email', title: 'Set a new password', when: 'Somebody asked for a new password.' },
  { systemName: 'lost_password_unknown_address', title: 'Nobody signs in with this address', when: 'Somebody asked for a new password with an address nobody has.' },
  { systemName: 'password_changed', title: 'Password changed', when: 'A password was changed or set anew.' },
  { systemName: 'cinstance_messenger_accept', title: 'Application approved', when: 'You have approved an application.' },
  { systemName: 'cinstance_messenger_reject', title: 'Application not approved', when: 'You have rejected an application; tells your reason.' },
  { systemName: 'cinstance_messenger_suspended', title: 'Application suspended', when: 'You have suspended an application.' },
  { systemName: 'cinstance_messenger_plan_change_for_buyer', title: 'Another plan', when: 'An application was moved to another plan.' },
  { systemName: 'plans_messenger_plan_change_request_made', title: 'Plan requested', when: 'A partner has asked for a plan; confirms that it has reached you.' },
  { systemName: 'plan_change_request_approved', title: 'Plan request approved', when: 'You have approved a request for a plan.' },
  { systemName: 'plan_change_request_rejected', title: 'Plan request rejected', when: 'You have rejected a request for a plan; tells your answer.' },
  { systemName: 'cinstance_messenger_key_created', title: 'New key', when: 'An application has a new key.' },
  { systemName: 'cinstance_messenger_key_deleted', title: 'Key revoked', when: 'A key of an application was revoked.' },
  { systemName: 'alert_messenger_limit_alert_for_buyer', title: 'Limit filling up', when: 'An application has used a part of a limit, at the levels you have chosen.' },
  { systemName: 'alert_messenger_limit_violation_for_buyer', title: 'Limit reached', when: 'An application has used up a limit.' },
] as const

export type PartnerMail = (typeof partnerMails)[number]['systemName']
