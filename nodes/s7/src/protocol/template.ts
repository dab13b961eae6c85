import { type DataType, parseDataType } from './data-type.ts';

export interface Member {
  name: string;
  type: DataType;
}

export type Templates = ReadonlyMap<string, readonly Member[]>;

const HEAD = /^([A-Za-z_]\w{0,127})\s*:\s*(.*)$/s;
const MEMBER = /^"?([A-Za-z_][\w-]{0,127})"?\s*:?\s+(.+)$|^"?([A-Za-z_][\w-]{0,127})"?\s*:\s*(.+)$/;
const mostMembers = 500;

/**
 * Reads templates of structs, one per line: `Motor: speed REAL; running BOOL; last ARRAY[0..3] OF INT`. The members stand
 * in the order of the PLC's declaration. Each line that cannot be used becomes a problem.
 */
export function parseTemplates(text: string): { templates: Templates; problems: string[] } {
  const templates = new Map<string, readonly Member[]>();
  const problems: string[] = [];
  for (const line of text.split('\n').map((entry) => entry.trim())) {
    if (line === '' || line.startsWith('//')) continue;
    const head = HEAD.exec(line);
    if (head === null) {
      problems.push(`"${line.slice(0, 40)}" must look like Name: member TYPE; member TYPE`);
      continue;
    }
    const name = head[1] ?? '';
    const members: Member[] = [];
    const seen = new Set<string>();
    for (const entry of (head[2] ?? '').split(';').map((part) => part.trim())) {
      if (entry === '') continue;
      const found = MEMBER.exec(entry);
      const memberName = found?.[1] ?? found?.[3] ?? '';
      const type = parseDataType(found?.[2] ?? found?.[4] ?? '');
      if (found === null) problems.push(`${name}: "${entry}" must look like member TYPE`);
      else if (!type.ok) problems.push(`${name}.${memberName}: ${type.reason}`);
      else if (seen.has(memberName)) problems.push(`${name}.${memberName} is there twice`);
      else members.push({ name: memberName, type: type.type });
      seen.add(memberName);
    }
    if (templates.has(name)) problems.push(`${name} is there twice`);
    if (members.length === 0) problems.push(`${name} has no members`);
    if (members.length > mostMembers) problems.push(`${name} has more than ${mostMembers} members`);
    templates.set(name, members);
  }
  return { templates, problems };
}
