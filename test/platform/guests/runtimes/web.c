/* A web function of SCF, compiled: one answer a connection, on PORT, else on the port that it is compiled for. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef CLOUD_PORT
#define CLOUD_PORT 9000
#endif

int main(void) {
  const char *given = getenv("PORT");
#ifdef BUILT_IN
  given = NULL;
#endif
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_port = htons(given ? atoi(given) : CLOUD_PORT);
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0) {
    perror("bind");
    return 1;
  }
  listen(listener, 16);
  const char *word = getenv("WORD");
  for (;;) {
    int client = accept(listener, NULL, NULL);
    char request[4096], answer[512];
    if (read(client, request, sizeof request) > 0) {
      int length = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                            strlen(word), word);
      if (write(client, answer, length) < 0) perror("write");
    }
    close(client);
  }
}
