import { partsOf } from './parts.ts';

/** A sentence that tells what to do about a failure. */
const sentence =
  /(?<=^|[.!?:)\n│] {0,4}|info |error )(?:please (?:check|verify|visit|contact|make sure|ensure|log|sign|run|set|use|try|wait|consult|provide|configure|update|re-?(?:auth\w{0,12}|log\w{0,3}|sign|connect|new|fresh|try|start|run|generate|enter|load|configure|install|check|validate|link|register|create your token|open))|for (?:more|further|help|details)|(?:please )?(?:see|refer to)(?= (?:the |our |your |also )?(?:https?:|`|'|"|docs?|documentation|help|manual|guide|faq|logs?|readme|page|section|man |settings|admin|above|below|error|details|troubleshoot|support|status|[\w.-]{1,20}\.(?:md|html?|com|org|io|example)))|visit|learn more|read the docs|if you (?:think|believe|need|reach out|continue|are behind|keep|want)|check (?:the|your|that)|make sure|ensure|verify (?:you|your|the)|you (?:can|must|may|need to|should|have to) (?=(?:re-?)?(?:log|sign|authenticat|check|run|use|try|wait|contact|set|configure|provide|upgrade|reduce|slow|make sure|be |obtain|get|generate|create an? (?:token|account|api|key)|find|specify|supply|enable|disable|increase|retry|read|see|visit|learn|connect|add|also|either|first|pass|include|send (?:fewer|less))))(?:[^.!?\n]|[.!?](?=\w)){0,240}/gim;

/** Words of advice that may tell of an effect, or ask to look for one. */
const suspicious =
  /\d|(?<![\p{L}-])(?:\p{L}{2,20}(?<!ne)(?<!f)ed|was|were|has|been|done|sent|made|put|built|wrote|written|gone|whether|already|then|after|second|third|next|last|before|but|however|while|ok|success\w*|complete\w*|partial\w*|rest|remaining|duplicate\w*|twice|manually|created?|exists?|order|payment|message|record|row|item|mail|email|booking|status of|result|queue|list|note|also|first|both|only|confirmation|receipt|invoice|refund|shipment|delivery|notification|cancel\w*)(?![\p{L}-])/iu;

const plainParticiples =
  /\b(?:logged in|signed in|authenticated|authorized|configured|required|provided|based|expired|connected to the internet|(?:is|are) (?:enabled|installed|started|activated|allowed|exposed|opened))\b/gi;

/** Words of tool names that any advice has. */
const anyone = new Set('run get set use login auth api http mcp client server call cli tool help docs'.split(' '));

/** Blanks advice that speaks of nothing the tool works on. */
export const withoutAdvice = (text: string, tool: string, blank: (match: string) => string): string => {
  const names = partsOf(tool).filter((part) => part.length > 2 && !anyone.has(part));
  return text.replace(sentence, (match) => {
    const rest = match
      .replace(plainParticiples, ' ')
      .replace(/https?:\S{1,300}|--[a-z][\w-]{1,40}|\b[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,6}\b/g, ' ');
    const words = new Set(partsOf(rest).flatMap((part) => [part, part.replace(/s$/, '')]));
    // What a program calls on its own to visit may be what the call has made.
    const isPlace =
      (/^visit\b/i.test(match) || /https?:\S{1,200}\/\d{1,12}(?:$|[/?#.,\s])/.test(match)) &&
      !/docs?\b|help|login|auth|support|sign|token|settings|console/i.test(match);
    return isPlace || suspicious.test(rest) || names.some((part) => words.has(part)) ? match : blank(match);
  });
};
