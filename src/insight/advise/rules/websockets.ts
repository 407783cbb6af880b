import { evidenceOf, traitsOf } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** Connections that stay open. */
export const websockets: Rule = (facts) => {
  const places = traitsOf(facts, 'websocket');
  if (places.length === 0) return [];
  return [
    {
      id: 'websockets',
      severity: 'high',
      title: 'WebSockets need a connection that a function does not keep',
      evidence: places.map(evidenceOf).slice(0, 8),
      effect:
        'Function URLs and HTTP APIs of AWS carry no WebSockets; an SCF web function does (ProtocolType WS), and so does the local platform. An open connection keeps an instance, which is paid for as long.',
      change:
        'Deploy to SCF as a web function, keep this part on a server, or use a service for it (API Gateway WebSocket API, a push service). Server-sent events work where answers are streamed.',
      appliable: false,
    },
  ];
};
