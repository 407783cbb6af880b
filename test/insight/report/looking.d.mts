export function faultsOf(): string[];
export function figuresOf(): { title: string; width: number; height: number }[];
export function paper(): { cut: string[]; color: string };
