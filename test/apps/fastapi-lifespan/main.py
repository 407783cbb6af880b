import asyncio
import os
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import BackgroundTasks, Cookie, Depends, FastAPI, File, Form, Header, HTTPException, Request, Response, UploadFile
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel

HERE = Path(__file__).parent


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.starts = getattr(app.state, "starts", 0) + 1
    app.state.finished = []
    app.state.lock = asyncio.Lock()
    yield {"from_lifespan": "value"}
    if "LIFESPAN_LOG" in os.environ:
        with open(os.environ["LIFESPAN_LOG"], "a") as log:
            log.write("shutdown\n")


app = FastAPI(lifespan=lifespan)
app.add_middleware(GZipMiddleware, minimum_size=500)
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")


class Item(BaseModel):
    name: str
    price: float
    tags: list[str] = []


class Unwell(Exception):
    pass


@app.exception_handler(Unwell)
async def unwell(request: Request, error: Unwell):
    return JSONResponse({"unwell": str(error)}, status_code=503)


@app.middleware("http")
async def add_header(request: Request, call_next):
    response = await call_next(request)
    response.headers["X-Middleware"] = "seen"
    return response


async def connection(request: Request):
    async with request.app.state.lock:
        yield "open"
    request.app.state.finished.append("dependency")


@app.get("/")
async def state(request: Request):
    return {"starts": request.app.state.starts, "from_lifespan": request.state.from_lifespan}


@app.get("/items/{item_id}")
async def read_item(item_id: int, q: str | None = None, tag: Annotated[list[str] | None, Header(alias="x-tag")] = None):
    return {"item_id": item_id, "q": q, "tag": tag}


@app.post("/items", status_code=201)
async def create_item(item: Item) -> Item:
    return item


@app.post("/form")
async def form(name: Annotated[str, Form()], age: Annotated[int, Form()] = 0):
    return {"name": name, "age": age}


@app.post("/upload")
async def upload(title: Annotated[str, Form()], file: Annotated[UploadFile, File()]):
    content = await file.read()
    return {"title": title, "name": file.filename, "type": file.content_type, "size": len(content), "head": content[:8].hex()}


@app.post("/stream-in")
async def stream_in(request: Request):
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
    return {"size": size}


@app.get("/stream")
async def stream():
    async def rows():
        for row in range(50):
            yield f"row {row}\n"
            await asyncio.sleep(0)

    return StreamingResponse(rows(), media_type="text/plain")


@app.get("/binary")
def binary():
    return Response(bytes(range(256)), media_type="application/octet-stream")


@app.get("/long")
def long():
    return PlainTextResponse("长 " * 2000)


@app.get("/file")
def file():
    return FileResponse(HERE / "static" / "data.bin", filename="数据.bin", headers={"Last-Modified": "Wed, 01 Jan 2025 00:00:00 GMT", "ETag": '"fixed"'})


@app.get("/depends")
async def depends(value: Annotated[str, Depends(connection)]):
    return {"connection": value}


async def later(state, text: str):
    await asyncio.sleep(0.01)
    state.finished.append(text)


@app.post("/background/{text}", status_code=202)
async def background(text: str, request: Request, tasks: BackgroundTasks):
    tasks.add_task(later, request.app.state, text)
    return {"accepted": text}


@app.get("/finished/{text}")
async def finished(text: str, request: Request):
    for _ in range(500):
        if text in request.app.state.finished:
            break
        await asyncio.sleep(0.01)
    return sorted(request.app.state.finished)


@app.get("/cookies")
async def cookies(response: Response, seen: Annotated[str | None, Cookie()] = None):
    response.set_cookie("seen", "yes", httponly=True)
    response.set_cookie("other", "a b")
    return {"seen": seen}


@app.get("/where")
async def where(request: Request):
    return {
        "path": request.url.path,
        "query": str(request.query_params),
        "raw_path": request.scope["raw_path"].decode(),
        "root_path": request.scope["root_path"],
        "scheme": request.url.scheme,
        "host": request.url.hostname,
        "client": request.client.host if request.client else None,
        "method": request.method,
    }


@app.get("/url")
async def url(request: Request):
    return {"path": request.url_for("read_item", item_id=3).path}


@app.get("/redirect")
async def redirect():
    return RedirectResponse("/items/1?q=红", status_code=303)


@app.get("/html", response_class=HTMLResponse)
async def html():
    return "<p>你好</p>"


@app.delete("/items/{item_id}", status_code=204)
async def delete_item(item_id: int):
    return None


@app.get("/teapot")
async def teapot():
    raise HTTPException(418, detail="short and stout", headers={"X-Kind": "teapot"})


@app.get("/unwell")
async def raise_unwell():
    raise Unwell("today")


@app.get("/crash")
async def crash():
    raise RuntimeError("a bug")
