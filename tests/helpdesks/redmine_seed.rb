# Fills a new Redmine from the JSON on standard input; prints tokens and ids as JSON on the last line.
# {"inbox": "...", "groups": ["..."], "levels": ["..."], "accounts": {"paidan": "mail", ...}}
require 'json'
require 'securerandom'

seed = JSON.parse($stdin.read)
Redmine::DefaultData::Loader.load('en')

{
  rest_api_enabled: '1', login_required: '1', issue_group_assignment: '1', host_name: 'helpdesk.invalid',
  mail_from: 'redmine@helpdesk.invalid', notified_events: %w[issue_added issue_updated]
}.each { |name, value| Setting[name] = value }

def account(login, mail)
  user = User.new(firstname: login.capitalize, lastname: 'Test', mail: mail, language: 'en', mail_notification: 'all')
  user.login = login
  user.password = user.password_confirmation = SecureRandom.hex(12)
  user.save!
  user
end

# every status may follow every other: what a workflow forbids is not what is looked at here
def role(name, permissions, visibility)
  made = Role.create!(name: name, assignable: true, permissions: permissions, issues_visibility: visibility)
  statuses = IssueStatus.all.to_a
  Tracker.all.each do |tracker|
    [0, *statuses.map(&:id)].product(statuses.map(&:id)).each do |old, new|
      WorkflowTransition.create!(tracker: tracker, role: made, old_status_id: old, new_status_id: new) unless old == new
    end
  end
  made
end

staff = %i[view_issues add_issues edit_issues add_issue_notes view_private_notes set_notes_private]
of_staff = role('Staff', staff, 'all')
of_residents = role('Resident', %i[view_issues add_issues add_issue_notes], 'own')
accounts = seed['accounts'].to_h { |login, mail| [login, account(login, mail)] }
roles = accounts.to_h { |login, _| [login, login == 'resident' ? of_residents : of_staff] }

team = Group.create!(lastname: 'Duty office')
projects = [seed['inbox'], *seed['groups']].each_with_index.to_h do |name, at|
  project = Project.create!(name: name, identifier: "group-#{at}", is_public: false,
                            trackers: Tracker.all.to_a, enabled_module_names: %w[issue_tracking])
  accounts.each { |login, user| Member.create!(project: project, principal: user, roles: [roles[login]]) }
  Member.create!(project: project, principal: team, roles: [of_staff])
  [name, project.id]
end

# where Paidan's account may do less: only look, so that nothing can be moved there; write notes, but none in private
{ 'Elsewhere' => %i[view_issues], 'Lobby' => staff - %i[view_private_notes set_notes_private] }.each do |name, may|
  project = Project.create!(name: name, identifier: name.downcase, is_public: false, trackers: Tracker.all.to_a,
                            enabled_module_names: %w[issue_tracking])
  Member.create!(project: project, principal: accounts.fetch(seed['bot']), roles: [role(name, may, 'all')])
  accounts.except(seed['bot']).each { |login, user| Member.create!(project: project, principal: user, roles: [roles[login]]) }
  projects[name] = project.id
end

fields = %w[Channel Region Tags Run].to_h { |name| [name, { field_format: 'string' }] }
fields['Level'] = { field_format: 'list', possible_values: seed['levels'] }
fields['Limit'] = { field_format: 'string' }
fields['Reason'] = { field_format: 'text' }
of_staff_alone = %w[Level Tags Run Limit Reason]
fields = fields.to_h do |name, more|
  hidden = of_staff_alone.include?(name)
  made = IssueCustomField.create!(name: name, is_for_all: true, trackers: Tracker.all.to_a, visible: !hidden,
                                  role_ids: hidden ? [of_staff.id] : [], **more)
  [name, made.id]
end

puts JSON.generate(
  tokens: accounts.transform_values(&:api_key), accounts: accounts.transform_values(&:id), projects: projects,
  fields: fields, teams: { team.lastname => team.id },
  priorities: IssuePriority.all.to_h { |each| [each.name, each.id] },
  statuses: IssueStatus.all.to_h { |each| [each.name, each.id] },
  tracker: Tracker.first.id
)
