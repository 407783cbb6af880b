const express = require('express');
const { createServer } = require('node:http');
const { Server } = require('socket.io');

const app = express();
app.get('/', (request, response) => response.send('chat'));
const server = createServer(app);
const io = new Server(server);

io.on('connection', (socket) => {
  socket.on('say', (text, answer) => {
    io.emit('said', text);
    answer(text.length);
  });
});

server.listen(process.env.PORT || 3000);
