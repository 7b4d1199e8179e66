/** Words in the names of tools that show content of others: pages, files, logs, messages, records. */
const content =
  /(?:^|[_\W])(?:logs?|cat|read|file|files|contents?|history|search|grep|rg|messages?|chat|mail|mails|inbox|thread|threads|comments?|notes?|docs?|pages?|tail|head|journal\w*|events?|diff|blame|show|report|reports|bericht|issues?|tickets?|incidents?|alerts?|console|transcript|wiki|list|dmesg|trace|traces|audit)(?:$|[_\W])/i;

/** Whether a tool shows what others wrote, so that an error at the end of its output may be part of that. */
export const printsContent = (tool: string): boolean => content.test(tool.replace(/([a-z])([A-Z])/g, '$1_$2'));
