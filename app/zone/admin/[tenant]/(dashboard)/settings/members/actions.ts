'use server'

import { adminAction } from '@/lib/request/admin-action'
import { inviteMember, resendInvitation } from '@/lib/tenants/invite-member'
import { changeMemberRole, removeMember, resumeMember, suspendMember } from '@/lib/tenants/manage-members'
import { invitationInput, memberRef, memberRoleInput } from '@/lib/tenants/members-schema'

const can = 'members'

export const inviteMemberAction = adminAction({ can, input: invitationInput }, inviteMember)

export const resendInvitationAction = adminAction({ can, input: memberRef }, resendInvitation)

export const changeMemberRoleAction = adminAction({ can, input: memberRoleInput }, changeMemberRole)

export const suspendMemberAction = adminAction({ can, input: memberRef }, suspendMember)

export const resumeMemberAction = adminAction({ can, input: memberRef }, resumeMember)

export const removeMemberAction = adminAction({ can, input: memberRef, stepUp: true }, removeMember)
