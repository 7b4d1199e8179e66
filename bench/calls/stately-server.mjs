// Accepts WebSocket messages, like the server of Stately's inspector, and prints the URL at which it listens.
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
server.on('connection', (socket) => socket.on('message', () => {}));
server.on('listening', () => console.log(`ws://127.0.0.1:${server.address().port}`));
process.stdin.resume().on('end', () => process.exit());
